// Copyright (C) the project's authors, BSD-2-Clause.
//
// pion PORT USER PASSWORD udp|tcp|tls: pion's TURN client with a relay of the
// server on 127.0.0.1, and a peer that sends everything back.  Messages go in
// bursts, so that several are on the way; all must come back.

package main

import (
    "crypto/tls"
    "fmt"
    "net"
    "os"
    "time"

    "github.com/pion/turn/v2"
)

const (
    bursts   = 20
    messages = 20
    deadline = 10 * time.Second
)

func check(err error, what string) {
    if err != nil {
        fmt.Printf("%s: %v\n", what, err)
        os.Exit(1)
    }
}

// The peer.
func echo(conn net.PacketConn) {
    buf := make([]byte, 2048)

    for {
        n, from, err := conn.ReadFrom(buf)
        if err != nil {
            return
        }

        _, _ = conn.WriteTo(buf[:n], from)
    }
}

func dial(address, transport string) net.PacketConn {
    switch transport {
    case "udp":
        conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
        check(err, "listen")

        return conn

    case "tcp":
        conn, err := net.Dial("tcp", address)
        check(err, "connect")

        return turn.NewSTUNConn(conn)

    default:
        // the certificate is of nobody
        conn, err := tls.Dial("tcp", address,
            &tls.Config{InsecureSkipVerify: true})
        check(err, "connect")

        return turn.NewSTUNConn(conn)
    }
}

// What is sent, by its number: of any length, the number in front.
func message(n int) []byte {
    data := make([]byte, 2+n*7%1200)
    data[0], data[1] = byte(n>>8), byte(n)

    return data
}

func burst(relay net.PacketConn, peer net.Addr, first int) {
    for n := first; n < first+messages; n++ {
        _, err := relay.WriteTo(message(n), peer)
        check(err, "send")
    }

    buf := make([]byte, 2048)
    seen := map[int]bool{}

    check(relay.SetReadDeadline(time.Now().Add(deadline)), "deadline")

    for len(seen) < messages {
        n, from, err := relay.ReadFrom(buf)
        check(err, fmt.Sprintf("receive, %d of burst %d are here", len(seen),
            first/messages))

        number := int(buf[0])<<8 | int(buf[1])

        if from.String() != peer.String() || n != len(message(number)) {
            fmt.Printf("%d bytes of %s are not what was sent\n", n, from)
            os.Exit(1)
        }

        seen[number] = true
    }
}

func main() {
    address := "127.0.0.1:" + os.Args[1]

    peer, err := net.ListenPacket("udp4", "127.0.0.1:0")
    check(err, "peer")

    go echo(peer)

    client, err := turn.NewClient(&turn.ClientConfig{
        STUNServerAddr: address,
        TURNServerAddr: address,
        Conn:           dial(address, os.Args[4]),
        Username:       os.Args[2],
        Password:       os.Args[3],
    })
    check(err, "client")
    check(client.Listen(), "listen")

    mapped, err := client.SendBindingRequest()
    check(err, "Binding")

    relay, err := client.Allocate()
    check(err, "Allocate")
    check(client.CreatePermission(peer.LocalAddr()), "CreatePermission")

    // the first ones are indications, a channel is bound meanwhile
    for n := 0; n < bursts; n++ {
        burst(relay, peer.LocalAddr(), n*messages)
    }

    check(relay.Close(), "Refresh")
    client.Close()

    host, _, err := net.SplitHostPort(mapped.String())
    check(err, "address")

    fmt.Printf("%s: %d messages and back\n", host, bursts*messages)
}
