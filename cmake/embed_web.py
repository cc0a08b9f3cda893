#!/usr/bin/env python3
"""Makes the files of a built console part of the program: an assembler source that includes their bytes, and a C++ source with their table.

    embed_web.py FUNCTION CC_FILE S_FILE [FOLDER]    without a folder the table is empty

FUNCTION, of namespace vigia, answers with the table. Of a file that has a .gz beside it, the file itself is left out: it can be made of that.
"""
import hashlib
import pathlib
import sys


def files_of(folder):
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or any(part.startswith(".") for part in name.split("/")) or name.endswith(".map"):
            continue
        if name == "index.html" or not path.with_name(path.name + ".gz").exists():
            yield name, path


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_if_changed(file, text):
    file = pathlib.Path(file)
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def main():
    function, cc_file, s_file, *folder = sys.argv[1:]
    found = sorted(files_of(pathlib.Path(folder[0]).resolve())) if folder else []
    if folder and not any(name == "index.html" for name, _ in found):
        sys.exit(f"embed_web.py: {folder[0]} has no index.html: build the console there, or turn WITH_WEB off")
    assembler = ['.section .note.GNU-stack,"",%progbits', ".section .rodata"]
    symbols, rows = [], []
    for number, (name, path) in enumerate(found):
        symbol = f"vigia_{function}_{number}"
        # The digest has the source change with the bytes, so that they are read anew.
        assembler += [f"// {name.encode('unicode_escape').decode()} {hashlib.sha256(path.read_bytes()).hexdigest()}", ".balign 16",
                      f".global {symbol}, {symbol}_end", f"{symbol}:", f".incbin {quoted(str(path))}", f"{symbol}_end:", ".byte 0"]
        symbols.append(f'extern "C" const char {symbol}[], {symbol}_end[];')
        rows.append(f"        EmbeddedFile{{{quoted(name)}, {{{symbol}, {symbol}_end}}}},")
    table = ("    static const std::array<EmbeddedFile, %d> files{\n%s\n    };\n    return files;" % (len(rows), "\n".join(rows))
             if rows else "    return {};")
    write_if_changed(s_file, "\n".join(assembler) + "\n")
    write_if_changed(cc_file, "\n".join([
        "#include <array>", "#include <span>", "", '#include "serve/web_files.h"', "", *symbols, "", "namespace vigia {", "",
        f"std::span<const EmbeddedFile> {function}();", f"std::span<const EmbeddedFile> {function}() {{", table, "}", "",
        "}  // namespace vigia", ""]))


if __name__ == "__main__":
    main()
