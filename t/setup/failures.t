#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# ngx-conf-setup where something fails: a full disk, files that end oddly, and
# what others of the server may see.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference::OwnServer qw(read_file write_file);

my $server = Test::Conference::OwnServer->new();
my $dir = $server->{dir};
my $user = '/usr/sbin/ngx-conf-user';


# who lists processes sees no address of Redis: it may have a password

rename $user, "$user.real";
write_file($user, "#!/bin/sh\necho \"\$@\" > $dir/words\nexec $user.real"
    . " \"\$@\"\n");
chmod 0755, $user;

my $result = $server->setup(qw(--domain meet.example.test --no-cert));

is($result->{status}, 0, 'it is set up') or diag($result->{said});
is(read_file("$dir/words"), "add admin\n",
    'the address of Redis is no argument');


# a certificate and a key without a line break at their ends

my ($crt, $key) = ("$dir/own cert \$(id).crt", "$dir/own 'key'.pem");

$server->must('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 30 -subj
    /CN=own -addext subjectAltName=DNS:meet.example.test), '-keyout', $key,
    '-out', $crt);

my $pem = join '', map { read_file($_) } $crt, $key;

write_file($_, read_file($_) =~ s/\n\z//r) for $crt, $key;
$result = $server->setup('--own-cert', $crt, $key);

is($result->{status}, 0, 'a certificate') or diag($result->{said});
is(read_file('/etc/conference/certificate.pem'), $pem,
    'nginx can read it at its next start');
is((stat '/etc/conference/certificate.pem')[2] & 07777, 0600, 'for root');


# no room left, after some of the files

my $before = files();

$server->must('sh', '-c', 'cp -a /etc/nginx "$1" && mount -t tmpfs -o size=1m'
    . ',mode=755 none /etc/nginx && cp -a "$1/nginx/." /etc/nginx/', 'sh',
    $dir);
$server->run('sh', '-c', 'cat /dev/zero > /etc/nginx/zero; truncate -s -4096'
    . ' /etc/nginx/zero');
$result = $server->setup(qw(--http-port 81 --local-port 9443));

is($result->{status}, 1, 'a full disk ends it');
like($result->{said}, qr/No space left/, 'says why');
unlink '/etc/nginx/zero';
is(files(), $before, 'all files are as they were');
is($server->get('https://meet.example.test/healthz')->{status}, 200,
    'nginx goes on with them');


# folders of the operator's keep their modes

chmod 0700, '/etc/conference';
$result = $server->setup(qw(--http-port 81));
is($result->{status}, 0, 'there is room again') or diag($result->{said});
is((stat '/etc/conference')[2] & 07777, 0700, 'a folder keeps its mode');

done_testing();


sub files
{
    return $server->must('sh', '-c', 'find /etc/nginx /etc/conference -type f'
        . ' -exec stat -c "%n %a" {} + -exec sha256sum {} + | sort');
}
