#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# From a server with Debian's nginx to four names: what is written, what a
# second run and other answers change, what a failure leaves, and the way back.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference::OwnServer qw(read_file write_file);

my $server = Test::Conference::OwnServer->new();
my $folder = '/etc/nginx/conference';
my @names = map { "$_.example.test" } qw(meet hls rtc turn);
my @words = ('--domain', $names[0], '--streaming-domain', $names[1],
    '--webrtc-domain', $names[2], '--turn-domain', $names[3], '--no-cert');


# --dry-run

my $before = files();
my $result = $server->setup(@words, '--dry-run');

is($result->{status}, 0, 'a dry run');
like($result->{said}, qr{^\+\+\+ /etc/nginx/conf\.d/conference\.conf$}m,
    'shows files');
like($result->{said}, qr/^-\s*worker_connections 768;$/m, 'and differences');
like($result->{said}, qr{^/etc/conference/secret: written, only root}m,
    'but no secrets');
is(files(), $before, 'and changes nothing');


# the first run

my $mine = '/etc/conference/conf.d/server-mine.conf';

write_file($mine, "location = /mine { return 204; }\n");
$result = $server->setup(@words);

is($result->{status}, 0, 'it is set up') or diag($result->{said});
like($result->{said}, qr{^https://meet\.example\.test is ready\.$}m,
    'it says where');

my ($password) = $result->{said} =~ /shown this once: (\w{20})$/m;

ok($password, 'it says the password');
is((stat "/etc/conference/$_")[2] & 07777, 0600, "$_ is for root")
    for qw(secret keys turn setup.conf certificate.pem);
is((stat "$folder/$_")[2] & 07777, 0644, "$_ can be read")
    for qw(main.conf http.conf hosts.conf);


my $login = $server->get("https://$names[0]/api/auth/login", '-d',
    "email=admin&password=$password");

is($login->{status}, 200, 'the first user signs in');
like($login->{headers}{'set-cookie'}, qr/; Secure/, 'with a secure cookie');
is($server->get("https://$names[0]/mine")->{status}, 204,
    "the operator's location is there");


# a second one

$before = files();
$result = $server->setup();

is($result->{status}, 0, 'a second run');
like($result->{said}, qr/^Nothing has changed\.$/m, 'says that it did nothing');
unlike($result->{said}, qr/password/, 'and tells no password');
is(files(), $before, 'and did nothing');


# other answers

$result = $server->setup('--turn-domain', $names[0], '--turn-port', 0);

is($result->{status}, 0, 'TURN moves') or diag($result->{said});
is($server->get("https://$names[3]/")->{status}, 0, 'its name is gone');
like(read_file("$folder/http.conf"),
    qr{^conf_api_turn_urls +turns:meet\.example\.test:443\?transport=tcp;$}m,
    'and its UDP port');
is($server->get("https://$names[2]/rtc/validate")->{status}, 401,
    'the others stay');
is($server->redis('HGET', 'conf:settings', 'turn_domain_name'), $names[0],
    'the dashboard knows it');


# a configuration that nginx refuses

$before = files();
my $template = '/usr/share/conference/conf/hosts.conf.in';
my $text = read_file($template);

write_file($template, "$text\nnonsense;\n");
$result = $server->setup('--http-port', 81);

is($result->{status}, 1, 'an error of now ends it');
like($result->{said}, qr/^ngx-conf-setup: nginx refuses .*"nonsense"/m,
    'and is told');
is(files(), $before, 'all files are as they were');
is($server->get("https://$names[0]/healthz")->{status}, 200,
    'nginx goes on with them');
write_file($template, $text);


# the way back

$result = $server->setup('--remove');

is($result->{status}, 0, 'it is taken out') or diag($result->{said});
ok(!-e $folder, 'its files are gone');
like(read_file('/etc/nginx/nginx.conf'),
    qr/worker_connections 768;/, 'nginx.conf is as it was');
is($server->run('nginx', '-t')->{status}, 0, 'nginx goes on');
is($server->get("https://$names[0]/")->{status}, 0, 'without us');
ok(-e '/etc/conference/secret', 'secrets stay');

done_testing();


# all of the configuration, by content and mode

sub files
{
    return $server->must('sh', '-c', 'find /etc/nginx /etc/conference -type f'
        . ' -exec stat -c "%n %a %Y" {} + -exec sha256sum {} + | sort');
}
