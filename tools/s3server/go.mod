module vigia/s3server

go 1.19

require github.com/johannesboyne/gofakes3 v0.0.0-20230506070712-04da935ef877

require (
	github.com/aws/aws-sdk-go v1.44.256 // indirect
	github.com/ryszard/goskiplist v0.0.0-20150312221310-2dfbae5fcf46 // indirect
	github.com/shabbyrobe/gocovmerge v0.0.0-20190829150210-3e036491d500 // indirect
	golang.org/x/tools v0.8.0 // indirect
)
