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

// The bytes of a source that must be one gzip member and nothing else, as CloudTrail writes its files: what
// else there is, is an error when it is reached.
Result<std::unique_ptr<ByteSource>> one_gzip_member(std::unique_ptr<ByteSource> source);

}  // namespace vigia
