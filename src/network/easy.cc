#include "network/easy.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/assert.h"

namespace vigia {

namespace {

template <Reach reach>
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    // The address is longer than the type of its first part.
    const auto* const whole = reinterpret_cast<const sockaddr*>(&address->addr);
    if (!may_call(*whole, reach)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

void start_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    VIGIA_ASSERT(started == CURLE_OK);
}

void secure(void* easy, const NetworkBounds& bounds, Reach reach) {
    const auto set = [&](CURLoption option, auto value) {
        VIGIA_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
    };
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(bounds.connect_timeout_ms.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(bounds.total_timeout_ms.count()));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_OPENSOCKETFUNCTION,
        reach == Reach::Outside ? &open_socket<Reach::Outside> : &open_socket<Reach::Credentials>);
}

std::string printable(std::string_view text, size_t bytes_max) {
    std::string out(text.substr(0, bytes_max));
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, ' ');
    return out;
}

}  // namespace vigia
