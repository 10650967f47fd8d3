#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Addresses of a Redis server: TCP, password, user, database; and wrong ones.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Temp qw(tempdir);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $password = 'p@ss:w/%?';
my $escaped = 'p%40ss%3Aw%2F%25%3F';

my $redis = Test::Conference::Servers->new({ port => 1 }, '--requirepass',
    $password);
my $port = $redis->port();

$redis->call('ACL', 'SETUSER', 'tom', 'on', '>secret', '~*', '&*', '+@all');


# the last address of a name is as good as the first; a bare root has no
# /etc/hosts and knows no names

my $name = gethostbyname('localhost') ? 'localhost' : '127.0.0.1';

my $probe = Test::Conference::Probe->new('redis',
    "redis://:$escaped\@$name:$port/5");

ok($probe->says(qr/^up/), 'password, name, database');
$probe->ask('command', 'SET', 'k', 'v');
$redis->call('SELECT', 5);
is($redis->call('GET', 'k'), 'v', 'the right database');
$probe->stop();

$probe = Test::Conference::Probe->new('redis',
    "redis://tom:secret\@127.0.0.1:$port");
ok($probe->says(qr/^up/), 'user and password');
is($probe->ask('command', 'ACL', 'WHOAMI'), '0 "tom"', 'the right user');
$probe->stop();

$probe = Test::Conference::Probe->new('redis',
    "redis://:wrong\@127.0.0.1:$port");
ok(wait_for(sub { read_log($probe) =~ /AUTH .* "WRONGPASS/ }),
    'a wrong password is logged');
unlike(read_log($probe), qr/wrong\@|"wrong"/, 'but not the password');
is($probe->ask('command', 'GET', 'k'), 'refused', 'and nothing works');
$probe->stop();


# a user who may not subscribe: tried again, less and less often

$redis->call('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', 'resetchannels',
    '+@all');
$probe = Test::Conference::Probe->new('redis',
    "redis://deaf:secret\@127.0.0.1:$port");
$probe->ask('subscribe', 'ch');
ok(wait_for(sub { read_log($probe) =~ /pub.sub: NOPERM/ }), 'it is logged');
ok(wait_for(sub { (() = read_log($probe) =~ /pub.sub: NOPERM/g) > 3 }),
    'it is tried again');
is(scalar(() = read_log($probe) =~ /\[error\].* pub.sub: NOPERM/g), 1,
    'but is an error once');
is($probe->ask('command', 'GET', 'k'), '0 (nil)', 'commands are not concerned');
$probe->stop();


sub read_log
{
    my ($probe) = @_;

    open my $log, '<', $probe->instance()->dir() . '/logs/error.log'
        or return '';
    local $/;

    return readline $log;
}


# addresses that are refused when the configuration is read

my $build = $ENV{BUILD} // 'build';
my $dir = tempdir(CLEANUP => 1);

$build = "$Test::Conference::top/$build" if $build !~ m{^/};

my ($library) = map { -e $_ ? do { open my $f, '<', $_; <$f> } : () }
    "$build/sanitizer";
chomp $library if $library;

for my $case (
    [ 'redis://127.0.0.1:1/0', undef ],
    [ 'redis://[::1]:1', undef ],
    [ 'unix:/a?db=15&password=x', undef ],
    [ 'sentinel://127.0.0.1,[::1]:2/name/3?sentinel_password=y', undef ],
    [ 'http://127.0.0.1', 'unknown scheme' ],
    [ 'redis://127.0.0.1:0', 'port' ],
    [ 'redis://127.0.0.1:70000', 'port' ],
    [ 'redis://', 'host' ],
    [ 'redis://127.0.0.1/x', 'database' ],
    [ 'redis://127.0.0.1/65536', 'database' ],
    [ 'redis://hidden@127.0.0.1', 'no password' ],
    [ 'redis://tom:@127.0.0.1', 'user without' ],
    [ 'redis://127.0.0.1?what=1', 'unknown argument' ],
    [ 'redis://127.0.0.1?db', 'without value' ],
    [ 'unix:relative', 'absolute' ],
    [ 'unix:/' . 'x' x 108, 'too long' ],
    [ 'sentinel://127.0.0.1', 'name' ],
    [ 'sentinel://127.0.0.1/', 'name' ],
    [ 'sentinel://127.0.0.1,/name', 'host' ],
) {
    my ($address, $error) = @$case;

    open my $conf, '>', "$dir/nginx.conf" or die;
    print $conf "load_module $build/nginx/objs/ngx_rtc_sfu_module.so;\n"
        . "load_module $build/module/ngx_rtc_test_module.so;\n"
        . "error_log stderr; pid $dir/pid; events { }\n"
        . "http { access_log off; redis_test_server $address; }\n";
    close $conf;

    local %ENV = (%ENV, $library ? (LD_PRELOAD => $library,
        ASAN_OPTIONS => 'detect_odr_violation=0:detect_leaks=0') : ());
    my $output = `nginx -t -p $dir -c $dir/nginx.conf 2>&1`;

    if ($error) {
        like($output, qr/$error.* in "redis_test_server" address/,
            "refused: $address");
        unlike($output, qr/hidden/, 'the address is not repeated');
    } else {
        is($?, 0, "accepted: $address") or diag($output);
    }
}

done_testing();
