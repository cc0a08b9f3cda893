// A server of S3 in memory, of another family than moto's, for tests and benchmarks, and a plain client of it.
//
//	s3server ADDRESS             prints its address and serves until it is killed
//	s3server get FILE NUMBER     gets the URLs of the file, one a line, so many at a time; prints how many a second
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func get(client *http.Client, url string) {
	answer, err := client.Get(url)
	fail(err)
	_, err = io.Copy(io.Discard, answer.Body)
	fail(err)
	fail(answer.Body.Close())
	if answer.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s: %s", url, answer.Status))
	}
}

func getAll(file string, atOnce int) {
	text, err := os.ReadFile(file)
	fail(err)
	urls := strings.Fields(string(text))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	work := make(chan string)
	var all sync.WaitGroup
	began := time.Now()
	for i := 0; i < atOnce; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for url := range work {
				get(client, url)
			}
		}()
	}
	for _, url := range urls {
		work <- url
	}
	close(work)
	all.Wait()
	fmt.Println(float64(len(urls)) / time.Since(began).Seconds())
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "get" {
		atOnce, err := strconv.Atoi(os.Args[3])
		fail(err)
		getAll(os.Args[2], atOnce)
		return
	}
	listener, err := net.Listen("tcp", os.Args[1])
	fail(err)
	fmt.Println(listener.Addr())
	fail(http.Serve(listener, gofakes3.New(s3mem.New()).Server()))
}
