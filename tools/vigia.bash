# Bash completion for vigia.
_vigia() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]:-}
    case $before in
        --format) mapfile -t COMPREPLY < <(compgen -W "text json ndjson sarif junit" -- "$word"); return ;;
        --severity) mapfile -t COMPREPLY < <(compgen -W "1 2 3" -- "$word"); return ;;
        --rules | --into) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "detect search rules --help --version" -- "$word")
    elif [ "$command" = rules ] && [ "$COMP_CWORD" = 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "check test list explain coverage import export --help" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--rules --only-own-rules --severity --since --until --threads --format --verbose --no-colour --into --help" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _vigia vigia
