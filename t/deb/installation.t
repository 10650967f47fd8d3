#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The package on a fresh Debian without a network: installed, set up, called,
# upgraded, removed, purged.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use JSON::PP;
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM);

use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Root qw(missing_for_root);
use Test::Conference::WebSocket;


my $build = $ENV{BUILD} // 'build';
$build = "$Test::Conference::top/$build" if $build !~ m{^/};

my $missing = -e "$build/sanitizer" ? 'modules with sanitizers make no package'
                                    : missing_for_root();

$missing ||= 'there is no setup'
    if !-e "$Test::Conference::top/conf/ngx-conf-setup";

plan(skip_all => $missing) if $missing;

my $deb = make_deb();
my $root = Test::Conference::Root->new($build, $deb);


sub make_deb
{
    # the options of a make that runs this are not for this one
    delete local @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

    my $said = `make -s -C '$Test::Conference::top' BUILD='$build' deb 2>&1`;
    my ($deb) = $? == 0 ? glob "$build/deb/conference_*.deb" : ();

    return $deb // die "make deb: $said\n";
}


# the same package with a higher version

sub make_next
{
    my $work = tempdir(CLEANUP => 1);
    my $to = $root->dir() . '/root/next.deb';

    system(<<"SH") == 0 or die "no next package\n";
dpkg-deb -R '$deb' '$work' \\
    && sed -i 's/^Version: .*/&+next/' '$work/DEBIAN/control' \\
    && dpkg-deb -Znone --root-owner-group -b '$work' '$to' > /dev/null
SH
}


# a command that has to work; what it said

sub must
{
    my ($command, $name) = @_;
    my ($status, $said) = $root->run($command);

    is($status, 0, $name // $command) or diag($said);

    return $said;
}


sub says
{
    my ($command, $what, $name) = @_;
    my ($status, $said) = $root->run($command);

    like($said, $what, $name);
}


# a POST over HTTPS there, by openssl: the body of the answer

sub post
{
    my ($path, $content, $token) = @_;
    my $body = JSON::PP->new->canonical->encode($content);

    my $text = join '\r\n', "POST $path HTTP/1.1", 'Host: meet.example.com',
        'Connection: close', 'Content-Type: application/json',
        'Content-Length: ' . length $body,
        $token ? "x-access-token: $token" : (), '', $body;

    my ($status, $said) = $root->run("printf '$text' | timeout 10 openssl"
        . ' s_client -quiet -connect 127.0.0.1:443'
        . ' -servername meet.example.com 2> /dev/null');

    return eval { decode_json($said =~ s/^.*?\r\n\r\n//sr) } // {};
}


# a WebSocket there, over TLS

sub websocket
{
    my ($path) = @_;

    socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC)
        or die "socketpair: $!\n";

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<&', $theirs;
        open STDOUT, '>&', $theirs;
        close $ours;
        exec $root->command('exec openssl s_client -quiet -connect'
            . ' 127.0.0.1:443 -servername meet.example.com 2> /dev/null');
    }

    close $theirs;

    return Test::Conference::WebSocket->open($ours, $path,
        Host => 'meet.example.com');
}


sub pid
{
    my ($status, $said) = $root->run('cat /run/nginx.pid');

    return $said =~ /^(\d+)$/ ? $1 : 0;
}


my $install = 'apt-get -q -y --no-install-recommends install';

my %before = map { $_ => 1 } $root->files();
my ($status, $nginx_conf) = $root->run('cat /etc/nginx/nginx.conf');

is(join(' ', grep { m{conference(?!_)|ngx[-_](?:conf|rtc)} } sort keys %before),
    '', 'a purge has left nothing');
$root->run('rm /usr/sbin/policy-rc.d');

like(must("$install ./conference_*.deb", 'the package installs'),
    qr/^conference: the next step is ngx-conf-setup\.$/m, 'and says what next');

must('systemd-analyze verify --man=no conference-redis.service'
    . ' conference-agent.service nginx.service', 'the units are right');
must('systemd-analyze security --offline=true --threshold=30'
    . ' conference-redis.service conference-agent.service > /dev/null',
    'and confined');

must('service nginx start && service nginx stop', 'nginx is as it was');

for my $name (qw(conference-redis conference-agent)) {
    says("service $name start", qr/: run ngx-conf-setup first/,
        "$name does not start before the setup");
    says("service $name status", qr/is not running/, 'really');
    must("ls /etc/rc2.d/S*$name"
        . " /etc/systemd/system/multi-user.target.wants/$name.service",
        "$name is enabled");
}

my $said = must('ngx-conf-setup --yes --domain meet.example.com --no-cert'
    . ' --skip-dns-check --rtc-ip 127.0.0.1', 'the setup');

my ($password) = $said =~ /shown this once: (\w+)/;
my $token = post('/api/auth/login',
    { email => 'admin', password => $password })->{token};

ok($token, 'the first user signs in over HTTPS');

my $room = post('/api/conferences/create', { name => 'kept' }, $token);
my $join = post('/api/conferences/createToken',
    { id => $room->{_id}, mode => 'view', name => 'Anna' });

# who has no media after a minute is sent away, so all else is ready by then

make_next();

my $ws = websocket("/rtc?access_token=$join->{token}");

ok($ws, 'somebody is in a room');


# an upgrade

my $master = pid();

$said = must("$install ./next.deb", 'an upgrade');

like($said, qr/^nginx runs the new modules/m, 'replaces the modules');
unlike($said, qr/ngx-conf-setup/, 'and the configuration');

my $next = pid();

isnt($next, $master, 'of another master');
must("! grep 'ngx_.*deleted' /proc/$next/maps", 'which has those installed');
must("kill -0 $master", 'the old one has a call');

# SignalRequest.ping and SignalResponse.pong
$ws->send_binary("\x70\x01");
ok(wait_for(sub { (($ws->receive(1))[1] // '') =~ /^\x90\x01/ }),
    'which goes on');

is(post('/api/conferences/getById', { id => $room->{_id} }, $token)->{name},
    'kept', 'rooms are kept');

$ws->close();
ok(wait_for(sub { ($root->run("kill -0 $master"))[0] != 0 }, 30),
    'the old master ends with its last call');


# removal

must('apt-get -q -y remove conference', 'a removal');
must('nginx -t', 'nginx needs nothing of it');
must('service nginx restart', 'and starts without it');
is(must('cat /etc/nginx/nginx.conf', 'the configuration'), $nginx_conf,
    'is that of before');
must('ls /etc/conference/secret /etc/conference/setup.conf',
    'data stay');
says('service conference-redis status', qr/unrecognized|not running/,
    'Redis has ended');

must('dpkg --purge conference', 'a purge');

is(join(' ', grep { !$before{$_} && !m{^/(?:root|tmp|proc|dev|
                                         var/(?:cache/apt|lib/(?:dpkg|nginx)|
                                         log/nginx/[ae]\w+\.log))}x }
         $root->files()), '', 'leaves nothing');

says('cat /var/log/nginx/error.log', qr/^(?!.*\[(?:alert|emerg|crit)\])/s,
    'nginx had no problem');

$root->stop();

done_testing();
