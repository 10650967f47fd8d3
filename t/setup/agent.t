#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The agent: jobs, reports, a sign of life, hostile settings, its end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference qw(wait_for);
use Test::Conference::OwnServer qw(append read_file);

my $server = Test::Conference::OwnServer->new();
my $result = $server->setup(qw(--domain meet.example.test --no-cert));

is($result->{status}, 0, 'it is set up') or diag($result->{said});

ok(wait_for(sub { $server->redis('EXISTS', 'conf:agent:alive') }, 10),
    'there is an agent');
cmp_ok($server->redis('TTL', 'conf:agent:alive'), '>', 30, 'for a while');


# names

my $hosts = '/etc/nginx/conference/hosts.conf';

$server->redis('HSET', 'conf:settings', 'webrtc_domain_name',
    'RTC.example.test');

my $report = $server->job('http');

is($report->{state}, 'done', 'another name') or diag($report->{message});
is($report->{id}, 'job1', 'the report names the job');
cmp_ok($report->{time}, '>', time - 60, 'and the time');
is($server->get('https://rtc.example.test/rtc/validate')->{status}, 401,
    'is served');


# what is no name

my $before = read_file($hosts);

for my $name ('x.test; touch /run/evil', '$(touch /run/evil).test',
    '-rtc.example.test', '--remove', "a.test\nb.test", "\n", '`id`.test',
    'a.test;}', '../../etc', 'a' x 300 . '.test')
{
    $server->redis('HSET', 'conf:settings', 'webrtc_domain_name', $name);
    $report = $server->job('http');

    # a line break ends a name
    next if $name =~ /^(?:a\.test)?\n/;

    is($report->{state}, 'failed', 'a hostile name');
    is($report->{message}, 'the webrtc_domain_name of the settings is not the'
        . ' name of a host', 'is told');
}

$server->redis('HSET', 'conf:settings', 'webrtc_domain_name', '');

for my $case (['ssl_email', '--staging', 'the e-mail address of the'],
    ['ssl_email', 'a@b --dry-run', 'the e-mail address of the'],
    ['acme_server', 'http://a.test', 'the ACME server of the'],
    ['acme_server', 'https://a.test/;id', 'the ACME server of the'])
{
    my ($field, $value, $sentence) = @$case;

    $server->redis('HSET', 'conf:settings', $field, $value);
    $report = $server->job('letsencrypt');
    is($report->{state}, 'failed', "a hostile $field");
    like($report->{message}, qr/^$sentence/, 'is told');
    $server->redis('HDEL', 'conf:settings', $field);
}

ok(!-e '/run/evil', 'no command was run');


# jobs that are none

$server->redis('RPUSH', 'conf:agent:jobs', 'x', '', 'x rm', '$(id) http',
    'x http; id', '* http', 'a' x 1000 . ' dns');
ok(wait_for(sub { $server->redis('LLEN', 'conf:agent:jobs') == 0 }, 10),
    'jobs that are none');


# DNS

append('/etc/hosts',
    "192.0.2.9 away.example.test\n");
$server->redis('HSET', 'conf:settings', 'turn_domain_name',
    'away.example.test', 'streaming_domain_name', 'nowhere.example.test');
$report = $server->job('dns');

is($report->{state}, 'done', 'it looks at DNS');

my %dns = @{ $server->redis('HGETALL', 'conf:agent:dns') };

is_deeply(\%dns, {
    'meet.example.test' => 'ok 198.18.0.1',
    'away.example.test' => 'wrong 192.0.2.9',
    'nowhere.example.test' => 'none',
}, 'and says how names are');


# a certificate of Redis, for nginx's next start

my $pem = '/etc/conference/certificate.pem';
my $dir = $server->{dir};
my ($crt, $key) = ("$dir/own.crt", "$dir/own.key");

$server->must('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 30 -subj
    /CN=own -addext subjectAltName=DNS:meet.example.test), '-keyout', $key,
    '-out', $crt);

$report = $server->job('keep');
is($report->{state}, 'failed', 'without one in Redis it says so');

$server->redis('HSET', 'conf:certs', 'meet.example.test',
    $server->must(qw(/usr/lib/conference/ngx-conf-cert record
        /etc/conference/secret), $crt, $key, 'SSL_TYPE_CUSTOM',
        'meet.example.test'));
$report = $server->job('keep');

is($report->{state}, 'done', 'it is kept') or diag($report->{message});
is(read_file($pem),
    join('', map { read_file($_) } $crt, $key),
    'chain and key');
is((stat $pem)[2] & 07777, 0600, 'for root');


# Redis away, and back

chomp(my $agent = $server->must('pgrep', '-of', 'ngx-conf-agent'));

$server->must(qw(service conference-redis stop));
$server->must(qw(service conference-redis start));
$server->redis('HDEL', 'conf:settings', 'turn_domain_name',
    'streaming_domain_name');
is($server->job('dns')->{state}, 'done', 'it works on after Redis was away');
is($server->must('pgrep', '-of', 'ngx-conf-agent'), "$agent\n",
    'as the same process');


# what is no list of jobs is looked at again after a while

$server->redis('SET', 'conf:agent:jobs', 'x');
ok(wait_for(sub { !$server->run('pgrep', '-P', $agent, '-x', 'sleep')
    ->{status} }, 40), 'it waits where Redis refuses');
$server->redis('DEL', 'conf:agent:jobs');
is($server->job('dns')->{state}, 'done', 'and goes on');


# jobs that nobody does any more

$server->must(qw(service conference-agent stop));
$server->redis('HSET', 'conf:agent:job:http', 'id', 'a', 'state', 'running');
$server->redis('HSET', 'conf:agent:job:keep', 'id', 'b', 'state', 'queued');
$server->redis('HSET', 'conf:agent:job:dns', 'id', 'c', 'state', 'queued');
$server->redis('RPUSH', 'conf:agent:jobs', 'c dns');
$server->must('sh', '-c', 'service conference-agent start > /dev/null 2>&1');
ok(wait_for(sub { $server->redis('HGET', 'conf:agent:job:dns', 'state')
    eq 'done' }, 10), 'a job that waited is done');
is($server->redis('HGET', 'conf:agent:job:http', 'state'), 'failed',
    'one that ran is not for ever');
is($server->redis('HGET', 'conf:agent:job:keep', 'state'), 'failed',
    'nor is one that was lost');
like($server->redis('HGET', 'conf:agent:job:keep', 'message'), qr/again/,
    'it says what to do');
chomp($agent = $server->must('pgrep', '-of', 'ngx-conf-agent'));


# the end

kill 'TERM', $agent;
ok(wait_for(sub { $server->run('pgrep', '-f', 'ngx-conf-agent')->{status} }, 5),
    'SIGTERM ends it');
is($server->run('pgrep', '-f', 'BLPOP')->{status}, 1, 'with what it waits in');
is(join(' ', glob '/run/ngx-conf.*'), '', 'no files are left');

done_testing();
