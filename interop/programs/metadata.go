// Prints the instance id and the role's credentials, read by version 2; many goroutines read the id at once before.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

const (
	base  = "http://169.254.169.254/latest/"
	token = "X-aws-ec2-metadata-token"
	life  = "X-aws-ec2-metadata-token-ttl-seconds"
	many  = 64
)

func main() {
	shown := ask(http.MethodPut, "api/token", life, "60")
	id := ask(http.MethodGet, "meta-data/instance-id", token, shown)
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if other := ask(http.MethodGet, "meta-data/instance-id", token, shown); other != id {
				fail(fmt.Errorf("%q and %q", id, other))
			}
		})
	}
	all.Wait()
	fmt.Println(id)
	fmt.Println(ask(http.MethodGet, "meta-data/iam/security-credentials/"+os.Args[1], token, shown))
}

func ask(method, path, header, value string) string {
	request, err := http.NewRequest(method, base+path, nil)
	fail(err)
	request.Header.Set(header, value)
	response, err := http.DefaultClient.Do(request)
	fail(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fail(err)
	if response.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s: %s", path, response.Status))
	}
	return string(body)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
