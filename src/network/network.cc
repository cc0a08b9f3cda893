#include "network/network.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/assert.h"
#include "network/easy.h"

namespace vigia {

namespace {

constexpr size_t shown_answer_bytes_max = 200;

struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    VIGIA_ASSERT(longer != nullptr);
    if (list == nullptr) list.reset(longer);
}

int on_progress(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

// One call of libcurl, with what all calls have in common.
class Easy {
public:
    explicit Easy(const Calling& calling) : bounds_(calling.bounds), stop_(calling.stop) {
        start_curl();
        easy_.reset(curl_easy_init());
        VIGIA_ASSERT(easy_ != nullptr);
        secure(easy_.get(), bounds_, Reach::Outside);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &on_progress);
        set(CURLOPT_XFERINFODATA, &stop_);
        set(CURLOPT_WRITEFUNCTION, &Easy::on_answer);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_ERRORBUFFER, reason_.data());
    }
    Easy(const Easy&) = delete;
    Easy& operator=(const Easy&) = delete;

    template <typename Value>
    void set(CURLoption option, Value value) {
        VIGIA_ASSERT(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
    }
    void set(CURLoption option, const std::string& value) { set(option, value.c_str()); }
    void set_ca_file(const std::string& file) {
        if (!file.empty()) set(CURLOPT_CAINFO, file);
    }

    CURLcode perform() {
        const CURLcode code = curl_easy_perform(easy_.get());
        // An answer that is longer than we read is an answer.
        return code == CURLE_WRITE_ERROR && is_long_ ? CURLE_OK : code;
    }
    // What curl says of the failure, which for https can be more than the code alone.
    std::string reason(CURLcode code) const {
        const std::string_view said = reason_.data();
        return printable(said.empty() ? curl_easy_strerror(code) : said, shown_answer_bytes_max);
    }
    long status() const {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        return status;
    }
    std::optional<Duration> retry_after() const {
        curl_off_t wait_s = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &wait_s);
        // So much is forever, and more would not fit into nanoseconds.
        constexpr curl_off_t wait_max_s = 366 * 86400;
        return wait_s > 0 ? std::optional<Duration>(std::chrono::seconds{std::min(wait_s, wait_max_s)})
                          : std::nullopt;
    }
    std::string& answer() { return answer_; }
    // Whether there was more of the answer than was read.
    bool is_long() const { return is_long_; }
    CURL* get() { return easy_.get(); }
    const std::stop_token& stop() const { return stop_; }

private:
    static size_t on_answer(char* bytes, size_t size, size_t count, void* self) {
        Easy& easy = *static_cast<Easy*>(self);
        const size_t free = easy.bounds_.answer_bytes_max - easy.answer_.size();
        easy.answer_.append(bytes, std::min(size * count, free));
        easy.is_long_ = size * count > free;
        return easy.is_long_ ? CURL_WRITEFUNC_ERROR : size * count;
    }

    NetworkBounds bounds_;
    std::stop_token stop_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::string answer_;
    bool is_long_ = false;
    std::unique_ptr<CURL, FreeEasy> easy_;
};

void sign(Easy& easy, const AwsSigning& signing) {
    easy.set(CURLOPT_AWS_SIGV4, fmt::format("aws:amz:{}:{}", signing.region, signing.service));
    easy.set(CURLOPT_USERNAME, signing.access_key_id);
    easy.set(CURLOPT_PASSWORD, signing.secret_access_key);
}

}  // namespace

Result<PostAnswer> post(const HttpPost& what, const Calling& calling) {
    Easy easy(calling);
    easy.set(CURLOPT_URL, what.url);
    easy.set(CURLOPT_PROTOCOLS_STR, what.http_allowed ? "https,http" : "https");
    easy.set(CURLOPT_USERAGENT, "Vigia");
    easy.set_ca_file(what.ca_file);
    easy.set(CURLOPT_POSTFIELDS, what.body.c_str());
    easy.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(what.body.size()));
    List headers;
    for (const std::string& header : what.headers) append(headers, header);
    easy.set(CURLOPT_HTTPHEADER, headers.get());
    if (what.signing) sign(easy, *what.signing);
    const CURLcode code = easy.perform();
    if (code != CURLE_OK) return error(ErrorKind::Io, easy.reason(code));
    return PostAnswer{easy.status(), std::move(easy.answer()), easy.retry_after()};
}

Result<CallAnswer> call(const HttpCall& what, const Calling& calling) {
    Easy easy(calling);
    easy.set(CURLOPT_URL, what.url);
    easy.set(CURLOPT_PROTOCOLS_STR, what.http_allowed ? "https,http" : "https");
    easy.set(CURLOPT_USERAGENT, "Vigia");
    easy.set(CURLOPT_CUSTOMREQUEST, what.method);
    easy.set_ca_file(what.ca_file);
    const auto parts = url_parts(what.url);
    if (parts && parts->is_loopback) easy.set(CURLOPT_NOPROXY, "*");
    if (!what.body.empty()) {
        easy.set(CURLOPT_POSTFIELDS, what.body.c_str());
        easy.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
    }
    List headers;
    append(headers, "Expect:");
    for (const std::string& header : what.headers) append(headers, header);
    easy.set(CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = easy.perform();
    if (code != CURLE_OK) return error(ErrorKind::Io, easy.reason(code));
    if (easy.is_long())
        return error(ErrorKind::Io,
                     fmt::format("the answer has more than {} bytes", calling.bounds.answer_bytes_max));
    return CallAnswer{easy.status(), std::move(easy.answer())};
}

Delivery delivery_of(const Result<PostAnswer>& answer) {
    if (!answer) return {Delivery::Outcome::Failed, answer.error().message, std::nullopt};
    const long status = answer->status;
    if (status >= 200 && status < 300) return {};
    std::string said = fmt::format("the receiver answered {}", status);
    if (!answer->body.empty()) said += ": " + printable(answer->body, shown_answer_bytes_max);
    const bool refused = status >= 400 && status < 500 && status != 408 && status != 429;
    return {refused ? Delivery::Outcome::Refused : Delivery::Outcome::Failed, std::move(said),
            answer->retry_after};
}

Delivery send_mail(const Mail& mail, const Calling& calling) {
    Easy easy(calling);
    const bool tls = mail.transport == Transport::Tls;
    easy.set(CURLOPT_URL, fmt::format("{}://{}:{}", tls ? "smtps" : "smtp", mail.host, mail.port));
    easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    easy.set(CURLOPT_USE_SSL,
             static_cast<long>(mail.transport == Transport::Plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    easy.set_ca_file(mail.ca_file);
    if (!mail.user.empty()) {
        easy.set(CURLOPT_USERNAME, mail.user);
        easy.set(CURLOPT_PASSWORD, mail.password);
    }
    easy.set(CURLOPT_MAIL_FROM, fmt::format("<{}>", mail.from));
    List to;
    for (const std::string& one : mail.to) append(to, fmt::format("<{}>", one));
    easy.set(CURLOPT_MAIL_RCPT, to.get());
    std::string_view rest = mail.message;
    const auto read = +[](char* into, size_t size, size_t count, void* from) -> size_t {
        auto& left = *static_cast<std::string_view*>(from);
        const size_t taken = left.copy(into, size * count);
        left.remove_prefix(taken);
        return taken;
    };
    easy.set(CURLOPT_READFUNCTION, read);
    easy.set(CURLOPT_READDATA, &rest);
    easy.set(CURLOPT_UPLOAD, 1L);
    const CURLcode code = easy.perform();
    if (code == CURLE_OK) return {};
    const long status = easy.status();
    std::string said = easy.reason(code);
    if (status >= 400) said = fmt::format("the mail server answered {}: {}", status, said);
    const bool refused = code == CURLE_LOGIN_DENIED || (status >= 500 && status < 600);
    return {refused ? Delivery::Outcome::Refused : Delivery::Outcome::Failed, std::move(said), std::nullopt};
}

namespace {

// Sends all, waiting for the socket as long as the call may take.
CURLcode send_all(Easy& easy, std::string_view bytes, const NetworkBounds& bounds) {
    constexpr int poll_ms = 100;
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket);
    for (auto left = bounds.total_timeout_ms; !bytes.empty();) {
        if (easy.stop().stop_requested()) return CURLE_ABORTED_BY_CALLBACK;
        size_t sent = 0;
        const CURLcode code = curl_easy_send(easy.get(), bytes.data(), bytes.size(), &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN) return code;
        bytes.remove_prefix(sent);
        if (code == CURLE_OK) continue;
        if (left.count() <= 0) return CURLE_OPERATION_TIMEDOUT;
        pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
        if (poll(&waiting, 1, poll_ms) == 0) left -= std::chrono::milliseconds{poll_ms};
    }
    return CURLE_OK;
}

}  // namespace

Delivery send_stream(const std::string& host, int64_t port, Transport transport, const std::string& ca_file,
                     std::string_view bytes, const Calling& calling) {
    Easy easy(calling);
    const bool tls = transport == Transport::Tls;
    // libcurl opens the connection, with its names, timeouts and certificates, and speaks no HTTP over it.
    easy.set(CURLOPT_URL, fmt::format("{}://{}:{}", tls ? "https" : "http", host, port));
    easy.set(CURLOPT_PROTOCOLS_STR, tls ? "https" : "http");
    easy.set(CURLOPT_CONNECT_ONLY, 1L);
    easy.set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    easy.set(CURLOPT_PROXY, "");
    easy.set_ca_file(ca_file);
    CURLcode code = easy.perform();
    if (code == CURLE_OK) code = send_all(easy, bytes, calling.bounds);
    if (code == CURLE_OK) return {};
    return {Delivery::Outcome::Failed, easy.reason(code), std::nullopt};
}

std::optional<UrlParts> url_parts(std::string_view url) {
    const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
    if (parsed == nullptr ||
        curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK)
        return std::nullopt;
    const auto part = [&](CURLUPart which) -> std::string {
        char* text = nullptr;
        if (curl_url_get(parsed.get(), which, &text, 0) != CURLUE_OK) return "";
        const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
        return text;
    };
    UrlParts parts{part(CURLUPART_SCHEME)};
    if ((parts.scheme != "http" && parts.scheme != "https") || !part(CURLUPART_USER).empty() ||
        !part(CURLUPART_PASSWORD).empty())
        return std::nullopt;
    const std::string host = part(CURLUPART_HOST);
    in_addr v4{};
    parts.is_loopback = host == "localhost" || host == "[::1]" ||
                        (inet_pton(AF_INET, host.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
    return parts;
}

}  // namespace vigia
