#include "ingest/decompress.h"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace vigia {

namespace {

constexpr size_t input_bytes = 128 * 1024;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";

// Compressed bytes with a place for those that were read to look at them.
class Input {
public:
    explicit Input(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

    // Reads until `count` bytes are there, or the source ends.
    Result<void> peek(size_t count) {
        while (end_ - at_ < count) {
            const size_t read = TRY(source_->read(std::span(bytes_.get(), input_bytes).subspan(end_)));
            if (read == 0) break;
            end_ += read;
        }
        return {};
    }

    // Reads on when all was taken; false at the end.
    Result<bool> refill() {
        if (at_ < end_) return true;
        at_ = 0;
        end_ = TRY(source_->read(std::span(bytes_.get(), input_bytes)));
        return end_ > 0;
    }

    std::string_view rest() const { return {bytes_.get() + at_, end_ - at_}; }
    void take(size_t count) { at_ += count; }

private:
    std::unique_ptr<ByteSource> source_;
    // Not cleared: logs come in many small files.
    std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(input_bytes);
    size_t at_ = 0;
    size_t end_ = 0;
};

class PlainSource final : public ByteSource {
public:
    explicit PlainSource(Input input) : input_(std::move(input)) {}

    Result<size_t> read(std::span<char> into) override {
        if (!TRY(input_.refill())) return 0;
        const size_t count = std::min(into.size(), input_.rest().size());
        std::memcpy(into.data(), input_.rest().data(), count);
        input_.take(count);
        return count;
    }

private:
    Input input_;
};

class GzipSource final : public ByteSource {
public:
    enum class Members : uint8_t { Many, One };
    explicit GzipSource(Input input, Members members = Members::Many)
        : input_(std::move(input)), members_(members) {
        begin_member();
    }

    Result<size_t> read(std::span<char> into) override {
        state_.next_out = reinterpret_cast<uint8_t*>(into.data());
        state_.avail_out = static_cast<uint32_t>(std::min<size_t>(into.size(), 1U << 30));
        const uint32_t room = state_.avail_out;
        while (state_.avail_out == room) {
            if (state_.block_state == ISAL_BLOCK_FINISH && !TRY(next_member())) return 0;
            const bool more = TRY(input_.refill());
            const size_t offered = input_.rest().size();
            state_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(input_.rest().data()));
            state_.avail_in = static_cast<uint32_t>(offered);
            const int outcome = isal_inflate(&state_);
            input_.take(offered - state_.avail_in);
            if (outcome < 0)
                return error(ErrorKind::Corrupt,
                             fmt::format("the gzip data is damaged (igzip error {})", outcome));
            if (!more && state_.avail_out == room && state_.block_state != ISAL_BLOCK_FINISH) {
                return error(ErrorKind::Corrupt, "the gzip data ends too early: the file is cut short");
            }
        }
        return room - state_.avail_out;
    }

private:
    void begin_member() {
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP;
    }

    // Whether another member follows; what is no member after the last (padding) is left alone, as gzip does.
    Result<bool> next_member() {
        if (!TRY(input_.refill())) return false;
        if (members_ == Members::One)
            return error(ErrorKind::Corrupt, "more bytes stand behind the end of the gzip data");
        if (!input_.rest().starts_with(gzip_magic.substr(0, 1))) return false;
        uint8_t* const out = state_.next_out;
        const uint32_t room = state_.avail_out;
        begin_member();
        state_.next_out = out;
        state_.avail_out = room;
        return true;
    }

    Input input_;
    Members members_;
    inflate_state state_{};
};

class ZstdSource final : public ByteSource {
public:
    explicit ZstdSource(Input input) : input_(std::move(input)), stream_(ZSTD_createDStream()) {}

    Result<size_t> read(std::span<char> into) override {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0) {
            const bool more = TRY(input_.refill());
            if (!more && wanted_ == 0) return 0;
            ZSTD_inBuffer in{input_.rest().data(), input_.rest().size(), 0};
            const size_t outcome = ZSTD_decompressStream(stream_.get(), &out, &in);
            input_.take(in.pos);
            if (ZSTD_isError(outcome) != 0)
                return error(ErrorKind::Corrupt,
                             fmt::format("the zstd data is damaged: {}", ZSTD_getErrorName(outcome)));
            if (!more && out.pos == 0)
                return error(ErrorKind::Corrupt, "the zstd data ends too early: the file is cut short");
            wanted_ = outcome;
        }
        return out.pos;
    }

private:
    struct Free {
        void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
    };
    Input input_;
    std::unique_ptr<ZSTD_DStream, Free> stream_;
    size_t wanted_ = 0;  // 0 between frames
};

}  // namespace

Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> source) {
    Input input(std::move(source));
    TRY_VOID(input.peek(zstd_magic.size()));
    if (input.rest().starts_with(gzip_magic)) return std::make_unique<GzipSource>(std::move(input));
    if (input.rest().starts_with(zstd_magic)) return std::make_unique<ZstdSource>(std::move(input));
    return std::make_unique<PlainSource>(std::move(input));
}

Result<std::unique_ptr<ByteSource>> open_decompressed(const std::string& path) {
    return decompressed(TRY(open_source(path)));
}

Result<std::unique_ptr<ByteSource>> one_gzip_member(std::unique_ptr<ByteSource> source) {
    Input input(std::move(source));
    TRY_VOID(input.peek(gzip_magic.size()));
    if (!input.rest().starts_with(gzip_magic)) return error(ErrorKind::Corrupt, "it is no gzip data");
    return std::make_unique<GzipSource>(std::move(input), GzipSource::Members::One);
}

}  // namespace vigia
