// crictl says to a container runtime what kubeadm and people at a lab host want said, in the words of the real one,
// which no registry of the lab has. It is compiled in the tree of Kubernetes, whose vendored CRI it speaks.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

const usage = "crictl [-r SOCKET] info | version | images | pull IMAGE | inspecti IMAGE | rmi IMAGE... | " +
	"pods [-q] | stopp ID... | rmp [-f] ID... | ps [-a] [-q] | logs ID"

type client struct {
	runtime cri.RuntimeServiceClient
	images  cri.ImageServiceClient
	ctx     context.Context
}

func main() {
	socket := "unix:///run/containerd/containerd.sock"
	if named := os.Getenv("CONTAINER_RUNTIME_ENDPOINT"); named != "" {
		socket = named
	}
	flag.StringVar(&socket, "r", socket, "socket of the runtime")
	flag.StringVar(&socket, "runtime-endpoint", socket, "socket of the runtime")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: "+usage) }
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(socket, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "crictl:", err)
		os.Exit(1)
	}
}

func run(socket, command string, words []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	dialing, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	connection, err := grpc.DialContext(dialing, strings.TrimPrefix(socket, "unix://"), grpc.WithInsecure(), grpc.WithBlock(),
		grpc.WithContextDialer(func(ctx context.Context, path string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}))
	if err != nil {
		return fmt.Errorf("no runtime answers at %s: %w", socket, err)
	}
	defer connection.Close()
	c := client{cri.NewRuntimeServiceClient(connection), cri.NewImageServiceClient(connection), ctx}
	options, names := split(words)
	switch command {
	case "info":
		return show(c.runtime.Status(ctx, &cri.StatusRequest{Verbose: true}))
	case "version":
		return show(c.runtime.Version(ctx, &cri.VersionRequest{}))
	case "images":
		return c.listImages()
	case "pods":
		return c.listPods(options["-q"])
	case "ps":
		return c.listContainers(options["-a"], options["-q"])
	}
	if len(names) == 0 {
		return fmt.Errorf("usage: %s", usage)
	}
	for _, name := range names {
		if err := c.act(command, name, options); err != nil {
			return err
		}
	}
	return nil
}

func (c client) act(command, name string, options map[string]bool) error {
	switch command {
	case "pull":
		_, err := c.images.PullImage(c.ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: name}})
		return err
	case "inspecti":
		answer, err := c.images.ImageStatus(c.ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}})
		if err == nil && answer.Image == nil {
			err = fmt.Errorf("no such image %q present", name)
		}
		return show(answer, err)
	case "rmi":
		_, err := c.images.RemoveImage(c.ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: name}})
		return err
	case "stopp":
		_, err := c.runtime.StopPodSandbox(c.ctx, &cri.StopPodSandboxRequest{PodSandboxId: name})
		return err
	case "rmp":
		if options["-f"] {
			if err := c.act("stopp", name, nil); err != nil {
				return err
			}
		}
		_, err := c.runtime.RemovePodSandbox(c.ctx, &cri.RemovePodSandboxRequest{PodSandboxId: name})
		return err
	case "logs":
		answer, err := c.runtime.ContainerStatus(c.ctx, &cri.ContainerStatusRequest{ContainerId: name})
		if err != nil {
			return err
		}
		text, err := os.ReadFile(answer.Status.LogPath)
		os.Stdout.Write(text)
		return err
	}
	return fmt.Errorf("%q is not a command of the lab's crictl: %s", command, usage)
}

func (c client) listImages() error {
	answer, err := c.images.ListImages(c.ctx, &cri.ListImagesRequest{})
	if err != nil {
		return err
	}
	for _, image := range answer.Images {
		fmt.Println(strings.Join(append(image.RepoTags, image.Id), " "))
	}
	return nil
}

func (c client) listPods(quiet bool) error {
	answer, err := c.runtime.ListPodSandbox(c.ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return err
	}
	for _, pod := range answer.Items {
		if quiet {
			fmt.Println(pod.Id)
		} else {
			fmt.Println(pod.Id[:13], pod.State, pod.Metadata.Namespace, pod.Metadata.Name)
		}
	}
	return nil
}

func (c client) listContainers(all, quiet bool) error {
	request := &cri.ListContainersRequest{Filter: &cri.ContainerFilter{}}
	if !all {
		request.Filter.State = &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}
	}
	answer, err := c.runtime.ListContainers(c.ctx, request)
	if err != nil {
		return err
	}
	for _, container := range answer.Containers {
		if quiet {
			fmt.Println(container.Id)
		} else {
			fmt.Println(container.Id[:13], container.State, container.Metadata.Name, container.Image.Image)
		}
	}
	return nil
}

func split(words []string) (map[string]bool, []string) {
	options, names := map[string]bool{}, []string{}
	for _, word := range words {
		if strings.HasPrefix(word, "-") {
			options[word] = true
		} else {
			names = append(names, word)
		}
	}
	return options, names
}

func show(answer interface{}, err error) error {
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	fmt.Println(string(text))
	return err
}
