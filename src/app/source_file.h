#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "app/intake.h"
#include "base/file.h"

namespace vigia {

// A file of no more bytes goes in as it is; a larger one goes in pieces of about so many.
constexpr size_t source_piece_bytes = 4 * 1024 * 1024;

// A file of a source, on its way into the intake.
struct SourceFile {
    std::string organisation;
    std::string source;
    std::string kind;  // for counts
    std::string name;  // for problems in it
    // Whose a record is, by its text; without it, all are the organisation's.
    std::function<std::string(std::string_view record)> organisation_of = {};
};

// Gives the batch to the intake, and waits as long as there is more in work than can be held. When it
// returns, the batch is durable and detected.
Result<void> put(Intake& intake, Intake::Submission submission, const std::stop_token& stop);

// The records of a stream, compressed or not, in pieces. What cannot be read of it is reported as a problem
// of the source. BadInput when it breaks off: what stood before that was taken.
Result<void> put_pieces(Intake& intake, std::unique_ptr<ByteSource> source, const SourceFile& file,
                        const std::stop_token& stop);

}  // namespace vigia
