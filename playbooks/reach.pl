# Which of these answer? Prints them, one a line. All are asked at once in one process: a program for each takes a hundred times as long to start as to ask.
# tcp/ADDRESS/PORT accepts or refuses a connection; icmp/ADDRESS/BYTES (IPv4) echoes a packet with that much data, which nobody may cut in pieces. What
# else a word says, behind a third slash, is the asker's own.
use strict;
use warnings;
use Errno qw(ECONNREFUSED EINPROGRESS);
use Fcntl qw(F_SETFL O_NONBLOCK);
use Socket qw(:DEFAULT getaddrinfo AI_NUMERICHOST IPPROTO_ICMP IPPROTO_IP);

# Seconds, twice: what gets lost once may be asked again.
my $PATIENCE = 0.75;
# Of Linux, in linux/in.h.
my ( $IP_MTU_DISCOVER, $IP_PMTUDISC_DO ) = ( 10, 2 );

my ( %connecting, @echoes );
for my $target (@ARGV) {
    my ( $kind, $address, $number ) = split m{/}, $target;
    if ( $kind eq 'tcp' ) { connect_to( $target, $address, $number ) }
    elsif ( $address =~ /^[\d.]+$/ ) { push @echoes, [ $target, scalar sockaddr_in( 0, inet_aton($address) ), $number ] }
}
my $raw;
if (@echoes) {
    socket( $raw, PF_INET, SOCK_RAW, IPPROTO_ICMP ) && setsockopt( $raw, IPPROTO_IP, $IP_MTU_DISCOVER, $IP_PMTUDISC_DO )
      or ( $raw, @echoes ) = ();
}
for ( 1 .. 2 ) {
    send_echoes() if $raw;
    listen_for($PATIENCE);
}

sub answered {
    print "$_[0]\n";
}

sub connect_to {
    my ( $target, $address, $port ) = @_;
    my ( $error, $place ) = getaddrinfo( $address, $port, { flags => AI_NUMERICHOST, socktype => SOCK_STREAM } );
    return if $error || !socket( my $socket, $place->{family}, SOCK_STREAM, 0 );
    fcntl $socket, F_SETFL, O_NONBLOCK;
    if    ( connect( $socket, $place->{addr} ) || $! == ECONNREFUSED ) { answered($target) }
    elsif ( $! == EINPROGRESS ) { $connecting{ fileno $socket } = [ $target, $socket ] }
}

sub checksum {
    my $sum = unpack( '%32n*', $_[0] );
    $sum = ( $sum & 0xffff ) + ( $sum >> 16 ) while $sum >> 16;
    return ~$sum & 0xffff;
}

# send_echoes: to those that have not answered; the place in the list is the number of the packet.
sub send_echoes {
    for my $at ( 0 .. $#echoes ) {
        my ( $target, $place, $bytes ) = @{ $echoes[$at] || next };
        my $rest = pack( 'nn', $$ & 0xffff, $at ) . "\0" x $bytes;
        send $raw, pack( 'nn', 0x0800, checksum( pack( 'nn', 0x0800, 0 ) . $rest ) ) . $rest, 0, $place;
    }
}

sub listen_for {
    my ($left) = @_;
    while ( $left > 0 && ( keys %connecting || grep { $_ } @echoes ) ) {
        my ( $readable, $writable ) = ( '', '' );
        vec( $readable, fileno $raw, 1 ) = 1 if $raw;
        vec( $writable, $_, 1 ) = 1 for keys %connecting;
        ( my $ready, $left ) = select $readable, $writable, undef, $left;
        last if $ready <= 0;
        hear_echo() if $raw && vec( $readable, fileno $raw, 1 );
        for my $number ( grep { vec( $writable, $_, 1 ) } keys %connecting ) {
            my ( $target, $socket ) = @{ delete $connecting{$number} };
            my $error = unpack 'i', getsockopt( $socket, SOL_SOCKET, SO_ERROR );
            answered($target) if $error == 0 || $error == ECONNREFUSED;
        }
    }
}

# hear_echo: one packet, behind the header of IP that is in front of it. The socket gets those of others, too.
sub hear_echo {
    defined recv( $raw, my $packet, 65_536, 0 ) or return;
    my ( $type, $id, $at ) = unpack 'Cx3nn', substr( $packet, ( ord($packet) & 15 ) * 4 );
    return if $type != 0 || $id != ( $$ & 0xffff ) || !$echoes[$at];
    answered( $echoes[$at][0] );
    $echoes[$at] = undef;
}
