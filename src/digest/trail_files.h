#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "digest/digest.h"

namespace vigia {

// An object, as it is stored, and what CloudTrail keeps beside a digest.
struct StoredObject {
    std::unique_ptr<ByteSource> bytes;
    std::string signature;  // hex; empty: not known
};

// Where a trail's files are: a bucket, or a folder to which they were copied. Safe to use from many threads.
class TrailFiles {
public:
    virtual ~TrailFiles() = default;
    // NotFound when it is not there; any other error is the place's, not the file's.
    virtual Result<StoredObject> open(const ObjectName& name) const = 0;
};

// The signature of a digest that stands in a folder: CloudTrail keeps it with the object in S3, and it is
// lost when the file is copied. Put beside the file under its name and this extension, it is found.
constexpr std::string_view signature_extension = ".signature";

// The digests and log files below a folder. What stands below "AWSLogs" is known by its path from there on,
// any other file by its name.
class FolderTrail final : public TrailFiles {
public:
    // Looks at the folder once; NotFound when it is not there.
    static Result<FolderTrail> open(const std::string& folder);

    // The name of the file as CloudTrail knows it, as far as its path tells.
    static ObjectName name_of(const std::string& path);

    // In the order of their paths.
    const std::vector<ObjectName>& digests() const { return digests_; }
    const std::vector<ObjectName>& logs() const { return logs_; }
    Result<StoredObject> open(const ObjectName& name) const override;

private:
    FolderTrail() = default;
    std::map<std::string, std::string> paths_;  // by key, as far as it is known
    std::vector<ObjectName> digests_, logs_;
};

// The files beside one of a trail, without a look at all that is there: those below the same "AWSLogs", or in
// the same folder.
class FilesBeside final : public TrailFiles {
public:
    explicit FilesBeside(const std::string& path);
    Result<StoredObject> open(const ObjectName& name) const override;

private:
    std::string root_;  // ends with '/'
};

}  // namespace vigia
