#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# getAppInfo: what is stored and what became of it; what others wrote into
# Redis may be damaged.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $day = 24 * 60 * 60;


sub info
{
    my $reply = $t->request('POST', '/api/application/getAppInfo',
        token => $t->token());

    is($reply->{status}, 200, 'getAppInfo') or diag($reply->{content});

    return $reply;
}


sub certificate
{
    my ($name, $days, %members) = @_;

    $t->redis('HSET', 'conf:certs', $name, JSON::PP::encode_json({
        type => 'SSL_TYPE_CUSTOM', chain => 'CHAIN', key => 'SEALED',
        names => [ $name ], issuer => 'Test CA', not_before => time - 5 * $day,
        not_after => int(time + $days * $day + 100), stored => time,
        %members }));
}


# nothing is set

my $reply = info();
my %none = map { $_ => '' } qw(domain_name cdn_domain_name
    streaming_domain_name webrtc_domain_name turn_domain_name ssl_type
    ssl_email acme_server);

is_deeply($reply->{json}, {
    version => '0.1', %none,
    http_modes => [ { mode => 'HTTPS' }, { mode => 'HTTP' } ],
    custom_settings => { brand_name => '', logo => '', accent_color => '',
        embedding_origins => [ '*' ] },
    api_key => $t->admin()->{api_key},
    api_secret => $t->admin()->{api_secret},
    webhooks => { urls => [], api_key => '' },
    agent => { present => JSON::PP::false(), host => '', jobs => {} },
    domains => [],
}, 'an installation without settings');

is(join(' ', $reply->{content} =~ /"(\w+)":/g), join(' ', qw(version
    http_modes mode mode domain_name cdn_domain_name streaming_domain_name
    webrtc_domain_name turn_domain_name ssl_type ssl_email acme_server
    custom_settings brand_name logo accent_color embedding_origins api_key
    api_secret webhooks urls api_key agent present host jobs domains)),
    'in this order');

is($t->request('POST', '/api/application/getAppInfo')->{status}, 401,
    'not for everybody');
is($t->get('/api/application/getAppInfo')->{status}, 405, 'not by GET');


# all of it

$t->redis('HSET', 'conf:settings', 'domain_name', 'a.example',
    'streaming_domain_name', 'b.example', 'webrtc_domain_name', 'a.example',
    'turn_domain_name', 'c.example', 'cdn_domain_name', 'd.example',
    'http_modes', 'HTTPS', 'ssl_type', 'SSL_TYPE_CUSTOM');
$t->redis('SET', 'conf:agent:alive', 'host7');
$t->redis('HSET', 'conf:agent:job:http', 'id', 'x', 'state', 'failed',
    'message', 'nginx -t says no.', 'time', 1234567890);
$t->redis('HSET', 'conf:agent:dns', 'a.example', 'ok 192.0.2.1 2001:db8::1',
    'b.example', 'none');

certificate('a.example', 15, issuer => "CA \x{e9}");
certificate('b.example', 14);
certificate('c.example', -3);

my $json = info()->{json};

is($json->{cdn_domain_name}, 'd.example', 'a name');
is_deeply($json->{http_modes}, [ { mode => 'HTTPS' } ], 'modes');
is_deeply($json->{agent}, { present => JSON::PP::true(), host => 'host7',
    jobs => { http => { id => 'x', state => 'failed',
        message => 'nginx -t says no.', time => 1234567890 } } }, 'agent');

is_deeply([ map { [ @$_{qw(name roles dns)},
    @{ $_->{certificate} }{qw(state days)} ] } @{ $json->{domains} } ], [
    [ 'a.example', [ 'domain', 'webrtc' ], { state => 'ok',
        addresses => [ '192.0.2.1', '2001:db8::1' ] }, 'ok', 15 ],
    [ 'b.example', [ 'streaming' ], { state => 'none', addresses => [] },
        'expiring', 14 ],
    [ 'c.example', [ 'turn' ], { state => 'unknown', addresses => [] },
        'expired', -3 ],
], 'domains') or diag(explain($json->{domains}));

my $first = $json->{domains}[0]{certificate};

is_deeply([ sort keys %$first ], [ qw(days issuer names not_after not_before
    state type) ], 'what is told of a certificate');
is_deeply([ @$first{qw(type issuer names)} ], [ 'SSL_TYPE_CUSTOM', "CA \x{e9}",
    [ 'a.example' ] ], 'its issuer and names');
unlike(info()->{content}, qr/SEALED|CHAIN/, 'neither key nor chain');


# damaged

for my $record ('', '{', '[]', '7', 'null', '{"type":7}', "\xff",
    '{"type":"x","issuer":"y","names":"z","not_before":1,"not_after":2}',
    '[' x 10_000)
{
    $t->redis('HSET', 'conf:certs', 'a.example', $record);
    is(info()->{json}{domains}[0]{certificate}{state}, 'missing',
        'no certificate: ' . substr $record, 0, 20);
}

$t->redis('HSET', 'conf:settings', 'domain_name', 'x;y', 'http_modes', 'x',
    'custom_settings', '{"logo":"javascript:"}', 'ssl_email', "\xff");
$t->redis('HSET', 'conf:agent:dns', 'c.example', ' ', 'b.example', "\xff");
$t->redis('SET', 'conf:agent:alive', "\xff");
$t->redis('HSET', 'conf:agent:job:dns', 'id', "\xff");

$json = info()->{json};

is_deeply([ @$json{qw(domain_name ssl_email)} ], [ '', '' ],
    'damaged settings are not there');
is($json->{custom_settings}{logo}, '', 'nor a damaged logo');
is($json->{agent}{present}, JSON::PP::true(), 'the agent is');
is_deeply($json->{agent}{jobs}{dns}, { id => '', state => '', message => '',
    time => 0 }, 'so is its job');

$t->redis('DEL', 'conf:certs');
$t->redis('SET', 'conf:certs', 'x');
is($t->post('/api/application/getAppInfo', {})->{status}, 503,
    'a key of another type');
$t->redis('DEL', 'conf:certs');
info();

$t->stop();

done_testing();
