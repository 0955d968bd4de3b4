// A judge as one writes it in an afternoon, to compare `sbx serve` with: the tests of a job come by HTTP, each is run by
// bubblewrap as a plain subprocess, as many at once as there are cores, and its output compared. It has no queue on disk,
// no limit but one of time, and compiles nothing: `server ADDRESS PROGRAM`. Started by serve.c.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type test struct {
	Stdin  string `json:"stdin"`
	Answer string `json:"answer"`
}

type result struct {
	Verdict string `json:"verdict"`
	Stdout  string `json:"stdout"`
	Stderr  string `json:"stderr"`
}

var cores = make(chan struct{}, runtime.NumCPU())

func run(program string, t test) result {
	cores <- struct{}{}
	defer func() { <-cores }()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, "bwrap", "--unshare-all", "--die-with-parent", "--new-session",
		"--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
		"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		"--ro-bind", filepath.Dir(program), "/box", "--chdir", "/box", "./"+filepath.Base(program))
	cmd.Stdin = strings.NewReader(t.Stdin)
	cmd.Stdout = &stdout
	cmd.Stderr = &stderr
	verdict := "WA"
	if err := cmd.Run(); err != nil {
		verdict = "RE"
	} else if stdout.String() == t.Answer {
		verdict = "AC"
	}
	return result{verdict, stdout.String(), stderr.String()}
}

func main() {
	http.HandleFunc("/v1/jobs", func(w http.ResponseWriter, r *http.Request) {
		var job struct {
			Tests []test `json:"tests"`
		}
		if err := json.NewDecoder(r.Body).Decode(&job); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		report := struct {
			Verdict string   `json:"verdict"`
			Tests   []result `json:"tests"`
		}{Verdict: "AC"}
		for _, t := range job.Tests {
			one := run(os.Args[2], t)
			if one.Verdict != "AC" {
				report.Verdict = one.Verdict
			}
			report.Tests = append(report.Tests, one)
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(report)
	})
	http.HandleFunc("/v1/health", func(http.ResponseWriter, *http.Request) {})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
