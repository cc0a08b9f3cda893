# Bash completion for vigia.
_vigia() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]:-}
    case $before in
        --format) mapfile -t COMPREPLY < <(compgen -W "text json ndjson sarif junit" -- "$word"); return ;;
        --severity) mapfile -t COMPREPLY < <(compgen -W "1 2 3" -- "$word"); return ;;
        --log-format) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word"); return ;;
        --log-level) mapfile -t COMPREPLY < <(compgen -W "debug info warning error" -- "$word"); return ;;
        --config | --tls-certificate | --tls-key | --keys | --trail-keys) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --rules | --into | --data) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "detect search verify rules serve backup restore aws backfill api organisation user key audit --help --version" -- "$word")
    elif [ "$command" = rules ] && [ "$COMP_CWORD" = 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "check test list explain coverage fields import export diff push pull --help" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ "$command" = organisation ]; then
        mapfile -t COMPREPLY < <(compgen -W "add list --help" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ "$command" = user ]; then
        mapfile -t COMPREPLY < <(compgen -W "add list role password remove --help" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ "$command" = key ]; then
        mapfile -t COMPREPLY < <(compgen -W "add list revoke --help" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ "$command" = aws ]; then
        mapfile -t COMPREPLY < <(compgen -W "identity connections accounts map dead-letters retry --help" -- "$word")
    elif [[ $command == serve && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--config --data --listen --database --public-url --watch --aws-queue --aws-endpoint --aws-path-style --aws-fips --aws-visibility-s --aws-objects-in-flight --trail-keys --trail-grace-s --tls-certificate --tls-key --tls-generate --tls-names --insecure-http --log-level --log-format --http-workers --store-memory-mib --store-threads --disk-free-min-mib --seal-after-s --web-dir --help" -- "$word")
    elif [[ $command == verify && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--keys --since --until --threads --json --help" -- "$word")
    elif [[ ($command == backup || $command == restore) && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--data --database --help" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--rules --only-own-rules --severity --since --until --threads --format --verbose --no-colour --into --data --organisation --kind --entries --database --url --key-file --ca-file --prune --dry-run --help" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _vigia vigia
