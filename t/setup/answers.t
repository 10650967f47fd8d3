#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# ngx-conf-setup says in a sentence what is wrong with an answer or with the
# server, and changes nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Socket::IP;
use Test::More;

use Test::Conference::OwnServer qw(append read_file write_file);

my $server = Test::Conference::OwnServer->new();
my @meet = qw(--domain meet.example.test --no-cert);


sub refuses
{
    my ($sentence, @words) = @_;

    my $result = $server->setup(@words);

    is($result->{status}, 1, "refused: @words");
    like($result->{said}, qr/^ngx-conf-setup: \Q$sentence\E/m, $sentence);
}


# answers

refuses('give a name with --domain NAME');
refuses('there is no option --domian', '--domian', 'meet.example.test');
refuses('--domain needs a value', '--domain');
refuses('--own-cert needs two files', @meet, '--own-cert', '/etc/hosts');

for my $name ('meet', 'meet_.example.test', '-a.example.test', '192.0.2.1',
    'a..b', 'meet.example.test;', 'm$(id).example.test', 'm/../e.test',
    "\xc3\xa4.example.test", 'a' x 64 . '.test', ('a' x 60 . '.') x 5 . 'test')
{
    refuses("\"\L$name\E\" is not the name of a host", '--domain', $name);
}

refuses('--domain has a character that cannot stand there', '--domain',
    "meet.example.test\nEMAIL=x");
refuses('"root" is not an e-mail address', @meet, '--email', 'root');
refuses('"-x@y" is not an e-mail address', @meet, '--email', '-x@y');
refuses('--acme-server "http://acme.test/dir" is not an address', @meet,
    '--acme-server', 'http://acme.test/dir');
refuses('0 is not a port', @meet, '--https-port', 0);
refuses('65536 is not a port', @meet, '--http-port', 65536);
refuses('--rtc-ports 7945-7882 is not FIRST-LAST', @meet, '--rtc-ports',
    '7945-7882');
refuses('4 ports of 7882-7885 are free, 2 workers need 8', @meet, '--workers',
    2, '--rtc-ports', '7882-7885');
refuses('--rtc-ip 192.0.2.300 holds something that is no address', @meet,
    '--rtc-ip', '192.0.2.300');
refuses('--rtc-ip "x" is not a list of addresses', @meet, '--rtc-ip', 'x');
refuses('--workers many is neither auto nor a number', @meet, '--workers',
    'many');
refuses('"HTTP" is not HTTPS or HTTPS,HTTP', @meet, '--http-modes', 'HTTP');
refuses('--redis "localhost" is neither', @meet, '--redis', 'localhost');
refuses('--redis has a character', @meet, '--redis', 'redis://;');
refuses('Redis does not answer at the address of --redis', @meet, '--redis',
    'redis://127.0.0.1:1');
refuses('127.0.0.1:1 does not answer as a STUN server', @meet, '--stun',
    '127.0.0.1:1');


# DNS

refuses('nowhere.invalid has no address in DNS', '--domain', 'nowhere.invalid',
    '--acme');

append('/etc/hosts',
    "192.0.2.9 away.example.test\n");
refuses('away.example.test points to 192.0.2.9, which is not this host',
    '--domain', 'meet.example.test', '--turn-domain', 'away.example.test');


my $said = $server->setup('--domain', 'meet.example.test', '--turn-domain',
    'away.example.test')->{said};

like($said, qr/^  .*: --rtc-ip 192\.0\.2\.9$/m, 'options that help');
like($said, qr/^  .*: --skip-dns-check$/m, 'stand in lines of their own');


# ports

my @held = map { IO::Socket::IP->new(Proto => $_->[0],
                     LocalHost => '198.18.0.1', LocalPort => $_->[1],
                     $_->[0] eq 'tcp' ? (Listen => 1) : ()) // die "$!\n" }
    ['tcp', 80], ['tcp', 443], ['udp', 3478], ['tcp', 8446];

refuses("tcp port 80 is held by perl; stop it, or choose another port"
    . ' with --http-port', @meet);
refuses('tcp port 443 is held by perl', @meet);
refuses('udp port 3478 is held by perl', @meet);
refuses('port 8446, which nginx needs on 127.0.0.1, is held by', @meet);
unlike($server->setup(@meet, '--turn-port', 0)->{said}, qr/3478/,
    'without TURN over UDP it is not wanted');

close $_ for @held;


# nginx of somebody

my $site = '/etc/nginx/conf.d/site.conf';

write_file($site,
    "server {\n    listen [::]:443 ssl; # x\n    server_name x;\n"
    . "    ssl_certificate /etc/conference/x;\n}\n");
refuses('nginx -t fails before anything is changed; repair this first: no'
    . ' "ssl_certificate_key" is defined', @meet);

write_file($site,
    "server {\n    listen  127.0.0.1:443;\n    server_name x;\n}\n");
refuses("$site listens on port 443, which HTTPS and TURN share now; write"
    . ' "listen 127.0.0.1:8443 ssl http2 proxy_protocol; set_real_ip_from'
    . ' 127.0.0.1; real_ip_header proxy_protocol;"', @meet);

unlink $site;

my $stream = '/etc/nginx/modules-enabled/90-mine.conf';

write_file($stream, "stream {\n}\n");
refuses("$stream has a stream block already", @meet);
unlink $stream;

my $main = '/etc/nginx/nginx.conf';
my $text = read_file($main);

write_file($main,
    $text =~ s/(?=include .*conf\.d)/# /r);
refuses('/etc/nginx/nginx.conf does not include /etc/nginx/conf.d/*.conf',
    @meet);
write_file($main, $text);

rename '/usr/bin/redis-cli', '/usr/bin/redis-cli.away';
refuses('redis-cli is missing; apt-get install redis-tools', @meet);


# nothing of it has changed anything

is(join(' ', glob '/etc/nginx/conference /etc/nginx/conf.d/*'
    . ' /etc/conference/s*'), '/etc/nginx/conference', 'nothing has changed');
ok(!-e '/etc/nginx/conference', 'no folder is left');

done_testing();
