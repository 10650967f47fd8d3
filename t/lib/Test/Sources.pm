package Test::Sources;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The sources of the suite, for the checks.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Find qw(find);

our @EXPORT = qw(top sources read_source without_comments split_args);


sub top
{
    return abs_path(dirname(__FILE__) . '/../../..');
}


# paths, relative to the top, of files in folders whose name matches

sub sources
{
    my ($match, @folders) = @_;
    my @files;

    @folders = grep { -d top() . "/$_" } @folders;

    find({ no_chdir => 1, wanted => sub {
        push @files, substr $_, length(top()) + 1 if -f && /$match/;
    } }, map { top() . "/$_" } @folders) if @folders;

    return sort @files;
}


sub read_source
{
    my ($path) = @_;

    open my $file, '<:encoding(UTF-8)', top() . "/$path"
        or die "$path: $!\n";
    local $/;

    return scalar readline $file;
}


# C text whose comments are blank; lines stay where they are

sub without_comments
{
    my ($text) = @_;

    $text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(/\*.*?\*/|//[^\n]*)}
              {defined $1 ? $1 : $2 =~ s/[^\n]/ /gr}gse;

    return $text;
}


# The arguments of a call in C; pos($$text) is behind its parenthesis.

sub split_args
{
    my ($text) = @_;
    my ($depth, @args) = (1, '');

    while ($$text =~ /\G("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])/gcs) {
        my $token = $1;

        $depth++ if $token eq '(';
        $depth-- if $token eq ')';

        last if $depth == 0;

        if ($token eq ',' && $depth == 1) {
            push @args, '';
        } else {
            $args[-1] .= $token;
        }
    }

    return map { s/^\s+|\s+$//gr } @args;
}


1;
