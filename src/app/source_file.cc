#include "app/source_file.h"

#include <algorithm>
#include <map>

#include "base/excerpt.h"
#include "base/pause.h"
#include "ingest/decompress.h"
#include "ingest/records.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds wait_min{100}, wait_max{5'000};

// The pieces that are being filled, one for each organisation.
class Pieces {
public:
    Pieces(Intake& intake, const SourceFile& file, const std::stop_token& stop)
        : intake_(intake), file_(file), stop_(stop) {}

    Result<void> add(std::string_view record, uint64_t number) {
        const std::string whose = file_.organisation_of ? file_.organisation_of(record) : file_.organisation;
        Intake::Submission& piece = filling_[whose];
        if (piece.body.empty()) piece = {whose, file_.source, "", file_.kind, file_.name, number - 1};
        (piece.body += record) += '\n';
        if (piece.body.size() < source_piece_bytes) return {};
        Intake::Submission full = std::move(piece);
        filling_.erase(whose);
        return put(intake_, std::move(full), stop_);
    }

    Result<void> finish() {
        for (auto& [whose, piece] : filling_) TRY_VOID(put(intake_, std::move(piece), stop_));
        filling_.clear();
        return {};
    }

private:
    Intake& intake_;
    const SourceFile& file_;
    const std::stop_token& stop_;
    std::map<std::string, Intake::Submission> filling_;
};

}  // namespace

Result<void> put(Intake& intake, Intake::Submission submission, const std::stop_token& stop) {
    for (auto wait = wait_min;; wait = std::min(wait * 2, wait_max)) {
        const auto receipt = intake.take(submission);
        if (receipt) return {};
        if (receipt.error().kind != ErrorKind::Busy) return std::unexpected(receipt.error());
        pause(wait, stop);
        if (stop.stop_requested()) return error(ErrorKind::Busy, "the service stops");
    }
}

Result<void> put_pieces(Intake& intake, std::unique_ptr<ByteSource> source, const SourceFile& file,
                        const std::stop_token& stop) {
    RecordReader reader(TRY(decompressed(std::move(source))));
    Pieces pieces(intake, file, stop);
    for (uint64_t records = 1;; records++) {
        const auto next = reader.next();
        if (!next) {
            TRY_VOID(pieces.finish());
            // What the network did to the stream is not the file's fault.
            const bool is_broken =
                next.error().kind != ErrorKind::Io && next.error().kind != ErrorKind::Conflict;
            return error(is_broken ? ErrorKind::BadInput : next.error().kind, next.error().message);
        }
        if (std::holds_alternative<EndOfFile>(*next)) return pieces.finish();
        if (const auto* raw = std::get_if<RawRecord>(&*next)) TRY_VOID(pieces.add(raw->text, records));
        if (const auto* refused = std::get_if<RefusedRecord>(&*next))
            intake.report(
                file.organisation, file.source,
                {file.name, refused->number, refused->offset, refused->reason, excerpt(refused->start)});
    }
}

}  // namespace vigia
