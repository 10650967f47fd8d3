#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# make install and make uninstall, below DESTDIR and PREFIX.

use strict;
use warnings;

use File::Find qw(find);
use File::Temp qw(tempdir);
use FindBin;

use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;


my $dir = tempdir(CLEANUP => 1);

$ENV{BUILD} //= 'build';
$ENV{BUILD} = "$Test::Conference::top/$ENV{BUILD}" if $ENV{BUILD} !~ m{^/};
$ENV{DESTDIR} = $dir;
$ENV{PREFIX} = '/opt/conference';


sub install_files
{
    is(system("$Test::Conference::top/conf/install-files", @_), 0, "@_");
}


sub files
{
    my @files;

    find({ no_chdir => 1, wanted => sub {
        push @files, substr $_, length $dir if -f;
    } }, $dir);

    return @files;
}


install_files('install');

my $module = '/lib/nginx/modules/ngx_rtc_sfu_module.so';
my %there = map { $_ => 1 } files();

ok($there{"/opt/conference$_"}, $_) for $module, '/sbin/ngx-conf-user',
    '/share/conference/html/index.html', '/share/conference/lib/Conference/'
    . 'Redis.pm', '/lib/conference/ngx-conf-cert';
ok($there{$_}, $_) for '/etc/conference/redis.conf',
    '/lib/systemd/system/conference-agent.service',
    '/etc/init.d/conference-redis', '/etc/logrotate.d/conference';

like(Test::Conference::read_file("$dir/etc/init.d/conference-agent"),
    qr{^DAEMON=/opt/conference/lib/conference/ngx-conf-agent$}m,
    'they say where the rest is');
like(`$dir/opt/conference/sbin/ngx-conf-user 2>&1`, qr/^usage: /,
    'tools find their modules');

my $inode = (stat "$dir/opt/conference$module")[1];

open my $redis, '>>', "$dir/etc/conference/redis.conf" or die $!;
print $redis "# mine\n";
close $redis;

install_files('install');

isnt((stat "$dir/opt/conference$module")[1], $inode,
    'modules are new files, not written over');
like(Test::Conference::read_file("$dir/etc/conference/redis.conf"),
    qr/^# mine$/m, 'configuration is left alone');

install_files('remove');

is(join(' ', files()), '/etc/conference/redis.conf',
    'nothing else is left');

done_testing();
