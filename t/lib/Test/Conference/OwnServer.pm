package Test::Conference::OwnServer;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The product installed on a server of its own, for what works on the whole
# machine; see own-server:
#
#   my $server = Test::Conference::OwnServer->new();
#   is($server->setup('--domain', 'meet.example.test')->{status}, 0);
#   is($server->get('https://meet.example.test/healthz')->{status}, 200);
#   done_testing();
#
# The test runs anew inside of it, as root, and all ends with it.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP;
use POSIX ();
use Test::More;

use Test::Conference qw(wait_for);
use Test::Conference::Tls qw(make_ca make_certificate);

our @EXPORT_OK = qw(append read_file write_file);
our $top = abs_path(dirname(__FILE__) . '/../../../..');
our $address = $ENV{OWN_ADDRESS} // '198.18.0.1';

my @names = map { "$_.example.test" } qw(meet rtc turn hls other);


sub new
{
    my ($class) = @_;

    if (!$ENV{OWN_SERVER}) {
        plan(skip_all => 'only root makes a server of its own') if $> != 0;

        $ENV{OWN_SERVER} = 1;
        exec "$top/t/lib/own-server", $^X, $0 or die "own-server: $!\n";
    }

    my $self = bless {
        dir => tempdir('conference-server-XXXXXXXX', TMPDIR => 1,
                       CLEANUP => 1),
    }, $class;

    my $build = $ENV{BUILD} // 'build';
    $build = "$top/$build" if $build !~ m{^/};

    chmod 0755, $self->{dir};
    append('/etc/hosts', "$address @names\n");

    local @ENV{qw(BUILD PREFIX DESTDIR)} = ($build, '/usr', '');
    $self->must("$top/conf/install-files", 'install');

    return $self;
}


# runs a command: { status, said }, the latter without its errors if it is to
# be told apart from them

sub run
{
    my ($self, @command) = @_;

    open my $output, '-|', 'sh', '-c', 'exec "$@" 2>&1 < /dev/null', 'sh',
        @command or die "@command: $!\n";

    my $said = join '', readline $output;
    close $output;

    return { status => $? >> 8, said => $said };
}


sub must
{
    my ($self, @command) = @_;
    my $result = $self->run(@command);

    die "@command: $result->{said}\n" if $result->{status} != 0;

    return $result->{said};
}


# it goes to a file: services that it starts may keep what they inherit

sub setup
{
    my ($self, @words) = @_;

    my $status = $self->run('sh', '-c',
        'out=$1; shift; exec "$@" > "$out" 2>&1', 'sh',
        "$self->{dir}/said", 'ngx-conf-setup', @words)->{status};
    my $said = read_file("$self->{dir}/said");

    $self->{domain} = $1 if $said =~ m{^https://(\S+) is ready\.$}m;
    $self->{password} = $1 if $said =~ /shown this once: (\w{20})$/m;

    return { status => $status, said => $said };
}


# what a method of the API answers to the first user, called by POST

sub api
{
    my ($self, $path, $json) = @_;

    my $post = sub {
        my ($to, $body, @words) = @_;
        my $reply = $self->get("https://$self->{domain}$to", '-d', $body,
            @words);

        die "$to: $reply->{status} $reply->{body}\n"
            if $reply->{status} != 200;

        return decode_json($reply->{body});
    };

    $self->{token} //= $post->('/api/auth/login',
        "email=admin&password=$self->{password}")->{token};

    write_file("$self->{dir}/body", encode_json($json));

    return $post->($path, "\@$self->{dir}/body",
        '-H', 'Content-Type: application/json',
        '-H', "x-access-token: $self->{token}");
}


# an address whose answer may have any certificate: { status, headers, body }

sub get
{
    my ($self, $url, @words) = @_;

    my $said = $self->run('curl', '-sik', '--max-time', 10, @words,
        $url)->{said};

    $said =~ s{^HTTP/[\d.]+ (\d+)[^\r\n]*\r\n(.*?\r\n)\r\n}{}s
        or return { status => 0, headers => {}, body => '' };

    my ($status, $lines) = ($1, $2);

    return {
        status => $status, body => $said,
        headers => { map { /^([^:]+):\s*(.*)$/ ? (lc $1 => $2) : () }
                     split /\r\n/, $lines },
    };
}


# what a server shows of its certificate: { subject, issuer, serial, names }

sub certificate
{
    my ($self, $name, @words) = @_;

    my $text = $self->run('sh', '-c', 'openssl s_client "$@" 2> /dev/null'
        . ' | openssl x509 -noout -subject -issuer -serial'
        . ' -ext subjectAltName', 'sh', '-connect', "$address:443",
        '-servername', $name, @words)->{said};

    my %found = $text =~ /^(subject|issuer|serial)=(.*)$/mg;
    $found{names} = join ' ', sort $text =~ /DNS:([^,\s]+)/g;

    return \%found;
}


# a certificate of a root that this server trusts: chain and key, in PEM

sub issue
{
    my ($self, @names) = @_;

    if (!$self->{ca}) {
        my $root = make_ca($self->{dir}, 'Root');

        $self->{ca} = make_ca($self->{dir}, 'Issuer', $root);
        $self->trust(read_file("$root.crt"));
    }

    return make_certificate($self->{dir}, $self->{ca}, @names);
}


# a root that programs of this server believe, Chromium by a policy

sub trust
{
    my ($self, $pem) = @_;
    my $policies = '/etc/chromium/policies/managed';

    push @{ $self->{roots} }, $pem;
    append('/etc/ssl/certs/ca-certificates.crt', $pem);

    write_file("$self->{dir}/root", $pem);
    chomp(my $hash = $self->must('openssl', 'x509', '-noout', '-hash', '-in',
        "$self->{dir}/root"));
    write_file("/etc/ssl/certs/$hash.0", $pem);
    chmod 0644, "/etc/ssl/certs/$hash.0";

    make_path($policies);
    chmod 0755, $policies;
    write_file("$policies/roots.json", encode_json({ CACertificates => [
        map { s/-----[^-]+-----|\s//gr } @{ $self->{roots} }] }));
}


sub roots
{
    my ($self) = @_;

    return $self->{roots};
}


# of the first user, if a setup has made it

sub password
{
    my ($self) = @_;

    return $self->{password};
}


sub redis
{
    my ($self, @words) = @_;

    return Conference::Redis->new('unix:/run/conference/redis.sock')
        ->call(@words);
}


# job KIND: as the API queues it; answers the report when there is one

sub job
{
    my ($self, $kind) = @_;

    my $id = 'job' . ++$self->{jobs};

    $self->redis('HSET', "conf:agent:job:$kind", 'id', $id, 'state', 'queued');
    $self->redis('RPUSH', 'conf:agent:jobs', "$id $kind");

    my %report;

    wait_for(sub {
        %report = @{ $self->redis('HGETALL', "conf:agent:job:$kind") };
        return $report{id} eq $id && $report{state} =~ /^(?:done|failed)$/;
    }, 60) or diag("no report of $kind: $report{state}");

    return \%report;
}


# An ACME server that asks port 80 of this server, and the DNS that it
# believes.  Answers its address; certbot trusts it.

sub acme_server
{
    my ($self) = @_;
    my $dir = $self->{dir};

    $self->must('openssl', qw(req -x509 -newkey ec -pkeyopt
        ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pebble -addext),
        'subjectAltName=DNS:localhost', '-keyout', "$dir/pebble.key",
        '-out', "$dir/pebble.crt");

    write_file("$dir/pebble.json", encode_json({ pebble => {
        listenAddress => '127.0.0.1:14000',
        managementListenAddress => '127.0.0.1:15000',
        certificate => "$dir/pebble.crt", privateKey => "$dir/pebble.key",
        httpPort => 80, tlsPort => 443, ocspResponderURL => '',
        externalAccountBindingRequired => JSON::PP::false } }));

    $self->daemon('pebble-challtestsrv', '-dns01', '127.0.0.1:8053',
        '-management', '127.0.0.1:8055', '-defaultIPv4', $address,
        '-defaultIPv6', '', '-http01', '', '-https01', '',
        '-tlsalpn01', '');
    $self->daemon('env', 'PEBBLE_VA_NOSLEEP=1', 'PEBBLE_WFE_NONCEREJECT=0',
        'PEBBLE_AUTHZREUSE=0', 'pebble', '-config', "$dir/pebble.json",
        '-dnsserver', '127.0.0.1:8053');

    $self->trust(read_file("$dir/pebble.crt"));

    wait_for(sub {
        $self->get('https://localhost:14000/dir')->{status} == 200
            && $self->get('http://127.0.0.1:8055/')->{status}
    }, 60) or die 'no ACME server: ' . read_file("$dir/daemons") . "\n";

    $self->trust($self->must(qw(curl -s https://localhost:15000/roots/0)));

    return 'https://localhost:14000/dir';
}


# what the ACME server's DNS answers: an address, or '' for none

sub acme_dns
{
    my ($self, $name, $address) = @_;

    my %orders = $address eq '' ? ('set-servfail' => {})
        : ('clear-servfail' => {}, 'clear-a' => {},
           'add-a' => { addresses => [$address] });

    for my $order (sort { $b cmp $a } keys %orders) {
        $self->must('curl', '-sf', '-d', encode_json({ host => "$name.",
            %{ $orders{$order} } }), "http://127.0.0.1:8055/$order");
    }
}


sub daemon
{
    my ($self, @command) = @_;

    my $pid = fork // die "fork: $!\n";

    return $pid if $pid;

    open STDIN, '<', '/dev/null';
    open STDOUT, '>>', "$self->{dir}/daemons";
    open STDERR, '>&', \*STDOUT;
    exec @command or POSIX::_exit(127);
}


sub read_file
{
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!\n";
    local $/;

    return scalar(readline $file) // '';
}


sub write_file
{
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!\n";
    print $file $text and close $file or die "$path: $!\n";
}


sub append
{
    my ($path, $text) = @_;

    open my $file, '>>', $path or die "$path: $!\n";
    print $file $text and close $file or die "$path: $!\n";
}


1;
