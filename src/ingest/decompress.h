#pragma once

#include <memory>

#include "base/file.h"

namespace vigia {

// The bytes of a source as they were before gzip or zstd, told by the first bytes and never by a name; a
// source in neither form comes back as it is. Concatenated members are one stream. Memory stays the same
// however far the bytes inflate. A source that ends inside a member gives all that could be inflated, then an
// error that says so.
Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> source);

// The same of a file, or of standard input for "-".
Result<std::unique_ptr<ByteSource>> open_decompressed(const std::string& path);

}  // namespace vigia
