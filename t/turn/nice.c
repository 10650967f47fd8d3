
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * nice PORT USER PASSWORD udp|tcp: two agents of libnice that may use nothing
 * but relays of the TURN server on 127.0.0.1 connect and exchange data.  Says
 * what they have found; the exit code is 0 if all of it arrives.
 */


#include <agent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define MESSAGES  200
#define DEADLINE  30                    /* s */


typedef struct peer_s  peer_t;


struct peer_s {
    const char    *name;
    NiceAgent     *agent;
    guint          stream;
    guint          sent;
    guint          received;
    gboolean       gathered;
    peer_t        *other;
};


static GMainLoop  *loop;
static peer_t      peers[2];


static void
fail(const char *what)
{
    fprintf(stderr, "nice: %s\n", what);
    exit(1);
}


/* credentials and candidates of one are given to the other */

static void
tell(peer_t *from)
{
    gchar   *ufrag, *pwd;
    GSList  *candidates, *item;

    if (!nice_agent_get_local_credentials(from->agent, from->stream, &ufrag,
                                          &pwd))
    {
        fail("no credentials");
    }

    candidates = nice_agent_get_local_candidates(from->agent, from->stream, 1);

    if (candidates == NULL) {
        fail("no candidates");
    }

    for (item = candidates; item; item = item->next) {
        if (((NiceCandidate *) item->data)->type
            != NICE_CANDIDATE_TYPE_RELAYED)
        {
            fail("a candidate that is no relay");
        }
    }

    nice_agent_set_remote_credentials(from->other->agent, from->other->stream,
                                      ufrag, pwd);

    if (nice_agent_set_remote_candidates(from->other->agent,
                                         from->other->stream, 1, candidates)
        < 1)
    {
        fail("candidates are not taken");
    }

    g_slist_free_full(candidates, (GDestroyNotify) nice_candidate_free);
    g_free(ufrag);
    g_free(pwd);
}


static void
on_gathered(NiceAgent *agent, guint stream, gpointer data)
{
    ((peer_t *) data)->gathered = TRUE;

    if (peers[0].gathered && peers[1].gathered) {
        tell(&peers[0]);
        tell(&peers[1]);
    }
}


static void
send_next(peer_t *peer)
{
    char  text[1200];

    memset(text, 'x', sizeof(text));

    if (nice_agent_send(peer->agent, peer->stream, 1,
                        (guint) (1 + peer->sent * 5 % sizeof(text)), text) < 0)
    {
        fail("nice_agent_send() failed");
    }

    peer->sent++;
}


static void
on_state(NiceAgent *agent, guint stream, guint component, guint state,
    gpointer data)
{
    peer_t  *peer;

    peer = data;

    if (state == NICE_COMPONENT_STATE_FAILED) {
        fail("no connection");
    }

    /* one begins, the other one answers each message */

    if (state == NICE_COMPONENT_STATE_READY && peer == &peers[0]
        && peer->sent == 0)
    {
        send_next(peer);
    }
}


static void
on_data(NiceAgent *agent, guint stream, guint component, guint len,
    gchar *buf, gpointer data)
{
    peer_t  *peer;

    peer = data;
    peer->received++;

    if (peer == &peers[0] && peer->received == MESSAGES) {
        g_main_loop_quit(loop);
        return;
    }

    send_next(peer);
}


static void
on_closed(GObject *agent, GAsyncResult *result, gpointer data)
{
    static int  closed;

    if (++closed == 2) {
        g_main_loop_quit(loop);
    }
}


static gboolean
on_deadline(gpointer data)
{
    fail("it takes too long");

    return FALSE;
}


static void
start(peer_t *peer, const char *name, guint port, char **argv, gboolean tcp)
{
    NiceAddress  *local;

    peer->name = name;
    peer->agent = nice_agent_new(NULL, NICE_COMPATIBILITY_RFC5245);

    g_object_set(peer->agent, "force-relay", TRUE, "upnp", FALSE,
                 "controlling-mode", peer == &peers[0], "ice-tcp", FALSE,
                 NULL);

    local = nice_address_new();

    if (!nice_address_set_from_string(local, "127.0.0.1")) {
        fail("no address");
    }

    nice_agent_add_local_address(peer->agent, local);
    nice_address_free(local);

    g_signal_connect(peer->agent, "candidate-gathering-done",
                     G_CALLBACK(on_gathered), peer);
    g_signal_connect(peer->agent, "component-state-changed",
                     G_CALLBACK(on_state), peer);

    peer->stream = nice_agent_add_stream(peer->agent, 1);

    nice_agent_set_relay_info(peer->agent, peer->stream, 1, "127.0.0.1", port,
                              argv[2], argv[3],
                              tcp ? NICE_RELAY_TYPE_TURN_TCP
                                  : NICE_RELAY_TYPE_TURN_UDP);

    nice_agent_attach_recv(peer->agent, peer->stream, 1, NULL, on_data, peer);

    if (!nice_agent_gather_candidates(peer->agent, peer->stream)) {
        fail("nothing to gather");
    }
}


int
main(int argc, char **argv)
{
    int            i;
    gboolean       tcp;
    NiceCandidate  *local, *remote;

    if (argc != 5) {
        fail("PORT USER PASSWORD udp|tcp");
    }

    tcp = strcmp(argv[4], "tcp") == 0;
    loop = g_main_loop_new(NULL, FALSE);

    peers[0].other = &peers[1];
    peers[1].other = &peers[0];

    start(&peers[0], "first", (guint) atoi(argv[1]), argv, tcp);
    start(&peers[1], "second", (guint) atoi(argv[1]), argv, tcp);

    g_timeout_add_seconds(DEADLINE, on_deadline, NULL);
    g_main_loop_run(loop);

    for (i = 0; i < 2; i++) {
        if (!nice_agent_get_selected_pair(peers[i].agent, peers[i].stream, 1,
                                          &local, &remote))
        {
            fail("no pair");
        }

        printf("%s: %s, received %u\n", peers[i].name,
               local->type == NICE_CANDIDATE_TYPE_RELAYED ? "relay"
                                                          : "no relay",
               peers[i].received);
    }

    /* their allocations end */

    for (i = 0; i < 2; i++) {
        nice_agent_close_async(peers[i].agent, on_closed, NULL);
    }

    g_main_loop_run(loop);

    for (i = 0; i < 2; i++) {
        g_object_unref(peers[i].agent);
    }

    g_main_loop_unref(loop);

    return 0;
}
