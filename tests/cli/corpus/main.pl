# One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
use strict;
use warnings;
use Time::HiRes qw(sleep clock_gettime CLOCK_MONOTONIC);

my ($what, $mib) = @ARGV;

# perl's threads are optional; processes serve as well
sub threads {
	my $sum = 0;
	my @pipes;
	for (1 .. 4) {
		my $pid = open(my $pipe, '-|') // die "fork: $!";
		if ($pid == 0) {
			my $n = 0;
			$n++ for 1 .. 100000;
			print "$n\n";
			exit 0;
		}
		push @pipes, $pipe;
	}
	$sum += readline($_) for @pipes;
	print "$sum\n";
}

sub files {
	open(my $out, '>', '/tmp/file') or die "open: $!";
	print $out 'x' x 100000;
	close $out;
	open(my $in, '<', '/tmp/file') or die "open: $!";
	local $/;
	print length(<$in>), "\n";
}

sub sorted {
	my $x = 1;
	my @a = sort { $a <=> $b } map { $x = $x * 16807 % 2147483647 } 1 .. 1000000;
	print "$a[0] $a[500000] $a[999999]\n";
}

sub slept {
	my $begin = clock_gettime(CLOCK_MONOTONIC);
	sleep 0.1;
	print "slept\n" if clock_gettime(CLOCK_MONOTONIC) - $begin >= 0.099;
}

sub alloc {
	my $text = "\1" x ($mib << 20);
	print ord(substr($text, -1)), "\n";
}

my %all = (hello => sub { print "hello\n" }, threads => \&threads, files => \&files, sort => \&sorted,
	time => \&slept, alloc => \&alloc);
$all{$what}->();
