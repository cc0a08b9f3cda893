// Any text is a Hawk header or refused with a reason; what is a header signs, and a guard lets it in once
// when it is signed and never when it is not.
#include "base/assert.h"
#include "serve/hawk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const HawkRequest request{"GET", "/v2/alerts?status=active", "example.org", 443, "", ""};
    auto header = parse_hawk(text);
    if (!header) {
        VIGIA_ASSERT(!header.error().message.empty());
        return 0;
    }
    const FakeClock clock(Time{std::chrono::seconds{1353832234}});
    HawkGuard guard(clock);
    const auto key_of = [](const HawkHeader&) -> Result<std::string> { return "key"; };
    if (header->mac != hawk_mac(HawkMessage::Request, *header, request, "key"))
        VIGIA_ASSERT(!guard.admit(text, request, key_of));
    header->ts = 1353832234;
    header->hash.clear();
    header->mac = hawk_mac(HawkMessage::Request, *header, request, "key");
    std::string written = "Hawk id=\"" + header->id + "\", ts=\"1353832234\", nonce=\"" + header->nonce +
                          "\", mac=\"" + header->mac + "\", ext=\"" + header->ext + "\"";
    if (!header->app.empty()) written += ", app=\"" + header->app + "\", dlg=\"" + header->dlg + "\"";
    if (written.size() > hawk_header_bytes_max) return 0;
    VIGIA_ASSERT(guard.admit(written, request, key_of));
    VIGIA_ASSERT(!guard.admit(written, request, key_of));
    return 0;
}
