#!/usr/bin/python3

# Copyright (C) the project's authors, BSD-2-Clause.
#
# GStreamer's webrtcbin as a peer of WHIP or WHEP.
#
#   TOKEN=... webrtcbin.py publish URL PIPELINE
#   TOKEN=... webrtcbin.py play URL VIDEO
#
# PIPELINE gives RTP to the pads of "peer".  A player says what it gets, a line
# for each buffer of sound ("audio", "loud" or "silent") and each picture
# ("video", the colour of its middle); VIDEO is the codec it offers.  SIGINT
# ends the session.

import os
import signal
import sys
import urllib.parse
import urllib.request

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')

from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402


# how RTP is decoded, and what becomes of it, by kind

DECODERS = {
    'OPUS': 'rtpopusdepay ! opusdec',
    'VP8': 'rtpvp8depay ! vp8dec',
    'VP9': 'rtpvp9depay ! vp9dec',
    'H264': 'rtph264depay ! h264parse ! avdec_h264',
}

SINKS = {
    'audio': 'audioconvert ! audioresample'
             ' ! audio/x-raw,format=S16LE,channels=1',
    'video': 'videoconvert ! videoscale'
             ' ! video/x-raw,format=RGB,width=16,height=9',
}

SINK = 'fakesink name=sink sync=false signal-handoffs=true'

CODECS = {'VP8': 96, 'VP9': 97, 'H264': 98}


def say(*words):
    # in one piece: several threads do
    os.write(1, (' '.join(map(str, words)) + '\n').encode())


def fail(reason):
    say('failed', reason)
    os._exit(1)


def loudness(data):
    samples = memoryview(data).cast('h')

    return 'loud' if any(abs(s) > 1000 for s in samples) else 'silent'


def color(data):
    middle = 4 * 48 + 8 * 3
    rgb = data[middle:middle + 3]

    return ('red', 'green', 'blue')[max(range(3), key=lambda i: rgb[i])]


class Peer:
    def __init__(self, url, token):
        self.url = url
        self.token = token
        self.session = None
        self.loop = GLib.MainLoop()

    def request(self, method, url, body=None):
        headers = {'Authorization': 'Bearer ' + self.token,
                   'Content-Type': 'application/sdp'}
        request = urllib.request.Request(url, body, headers, method=method)

        with urllib.request.urlopen(request, timeout=10) as response:
            return response.headers.get('Location'), response.read().decode()

    def run(self, pipeline):
        self.pipeline = pipeline
        self.bin = pipeline.get_by_name('peer')
        self.bin.connect('notify::ice-gathering-state', self.gathered)
        self.bin.connect('notify::connection-state', self.connected)
        self.bin.connect('pad-added', self.received)

        bus = pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message::error', lambda _, message: fail(
            message.parse_error()[0].message))

        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, self.end)

        pipeline.set_state(Gst.State.PLAYING)
        GLib.timeout_add(10, self.offer)
        self.loop.run()

    # once all sources have caps, the offer tells of each

    def offer(self):
        pads = list(self.bin.iterate_sink_pads())

        if any(pad.get_current_caps() is None for pad in pads):
            return True

        promise = Gst.Promise.new_with_change_func(self.offered)
        self.bin.emit('create-offer', None, promise)

        return False

    def offered(self, promise):
        reply = promise.get_reply()     # which the offer is a part of
        self.bin.emit('set-local-description', reply['offer'], None)

    # all candidates are in the offer: no PATCH is needed

    def gathered(self, peer, _):
        state = peer.get_property('ice-gathering-state')

        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.post)

    def post(self):
        offer = self.bin.get_property('local-description').sdp.as_text()
        say('offer', urllib.parse.quote(offer))

        try:
            location, answer = self.request('POST', self.url, offer.encode())
        except OSError as error:
            fail(error)

        say('answer', urllib.parse.quote(answer))
        self.session = urllib.parse.urljoin(self.url, location)

        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        self.bin.emit('set-remote-description',
                      GstWebRTC.WebRTCSessionDescription.new(
                          GstWebRTC.WebRTCSDPType.ANSWER, sdp), None)

        return False

    def connected(self, peer, _):
        say(peer.get_property('connection-state').value_nick)

    def received(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return

        caps = pad.get_current_caps().get_structure(0)
        kind = caps.get_string('media')
        decoder = DECODERS[caps.get_string('encoding-name')]
        sink = Gst.parse_bin_from_description(
            f'{decoder} ! {SINKS[kind]} ! {SINK}', True)
        tell = loudness if kind == 'audio' else color

        sink.get_by_name('sink').connect('handoff', lambda _, buffer, __: say(
            kind, tell(buffer.extract_dup(0, buffer.get_size()))))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))

    def end(self):
        if self.session:
            self.request('DELETE', self.session)

        self.pipeline.set_state(Gst.State.NULL)
        say('ended')
        self.loop.quit()


def player(codec):
    pipeline = Gst.parse_launch('webrtcbin name=peer bundle-policy=max-bundle')
    peer = pipeline

    if peer.get_name() == 'peer':
        pipeline = Gst.Pipeline()
        pipeline.add(peer)

    for kind, name, pt, rate in (('audio', 'OPUS', 111, 48000),
                                 ('video', codec, CODECS[codec], 90000)):
        caps = Gst.Caps.from_string(
            f'application/x-rtp,media={kind},encoding-name={name},'
            f'payload={pt},clock-rate={rate}')
        transceiver = peer.emit(
            'add-transceiver',
            GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
        transceiver.set_property('do-nack', True)

    return pipeline


def publisher(description):
    pipeline = Gst.parse_launch(
        'webrtcbin name=peer bundle-policy=max-bundle ' + description)
    peer = pipeline.get_by_name('peer')

    for i in range(2):
        transceiver = peer.emit('get-transceiver', i)

        if transceiver is None:
            break

        transceiver.set_property(
            'direction', GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        transceiver.set_property('do-nack', True)

        if 'media=video' in description and i == 0:
            transceiver.set_property('fec-type',
                                     GstWebRTC.WebRTCFECType.ULP_RED)

    return pipeline


def main():
    Gst.init(None)

    action, url, what = sys.argv[1:]
    make = publisher if action == 'publish' else player

    Peer(url, os.environ['TOKEN']).run(make(what))


main()
