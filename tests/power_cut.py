"""What a power cut leaves of a folder whose syncs tests/fault_shim.cc kept: what was synced for sure, and of the rest some by chance."""
import os
import pathlib
import shutil

BLOCK_BYTES = 4096
REMOVED = ".removed"  # the name to which what was removed went


def folder_of(change):
    source, target = change
    folder = str(pathlib.PurePath(source if target == REMOVED else target).parent)
    return "" if folder == "." else folder


def rename_synced(shadow, chance):
    """Renames and removals reach the disk when their folder is synced; the others may have."""
    file = shadow / ".renames"
    if not file.exists():
        return
    waiting = []

    def apply(source, target):
        if target == REMOVED:
            (shadow / source).unlink(missing_ok=True)
        elif (shadow / source).exists():
            (shadow / target).parent.mkdir(parents=True, exist_ok=True)
            os.replace(shadow / source, shadow / target)

    for line in file.read_text().splitlines():
        source, target = (one.strip("/") for one in line.split("\t"))
        if source:
            waiting.append((source, target))
            continue
        for one in [one for one in waiting if folder_of(one) == target]:
            apply(*one)
            waiting.remove(one)
    for one in waiting:
        if chance.random() < 0.5:
            apply(*one)
    file.unlink()


def mixed(synced, written, chance):
    """Of what was written since, each block by chance."""
    if chance.random() < 0.2:
        return synced
    size = chance.choice([len(synced), len(written), chance.randint(*sorted((len(synced), len(written))))])
    out = bytearray()
    for at in range(0, size, BLOCK_BYTES):
        old, new = synced[at:at + BLOCK_BYTES], written[at:at + BLOCK_BYTES]
        block = new if chance.random() < 0.5 else old
        out += block.ljust(min(BLOCK_BYTES, size - at), b"\0")[:size - at]
    return bytes(out[:size])


def cut(data, shadow, chance):
    """Leaves in both folders what a power cut may leave."""
    (shadow / ".copy").unlink(missing_ok=True)
    rename_synced(shadow, chance)
    synced = {one.relative_to(shadow) for one in shadow.rglob("*") if one.is_file()}
    written = {one.relative_to(data) for one in data.rglob("*") if one.is_file()}
    for name in sorted(synced | written):
        file = data / name
        if name.suffix == ".db-shm" or name.name.endswith("-shm") or ".spill" in name.parts:
            file.unlink(missing_ok=True)  # is never synced, and nobody counts on it
        elif name not in written:
            if chance.random() < 0.5:  # that it was removed may not have reached the disk
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(shadow / name, file)
        elif name in synced:
            file.write_bytes(mixed((shadow / name).read_bytes(), file.read_bytes(), chance))
        elif chance.random() < 0.5:
            file.unlink()
        else:
            os.truncate(file, chance.randint(0, file.stat().st_size))
    shutil.rmtree(shadow)
    shutil.copytree(data, shadow)
