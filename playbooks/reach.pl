# Which of these answer? Prints them, one a line. All are asked at once in one process: a program for each takes a hundred times as long to start as to ask.
# tcp/ADDRESS/PORT accepts or refuses a connection; icmp/ADDRESS/BYTES echoes a packet with that much data, which nobody may cut in pieces. Addresses of
# IPv4 alone: who asks has to ask others in another way. What else a word says, behind a third slash, is the asker's own.
use strict;
use warnings;

# Of Linux on most processors; to load Socket, Fcntl and Errno, which know them, takes four times as long as everything else here.
my ( $PF_INET, $SOCK_STREAM, $SOCK_RAW, $IPPROTO_IP, $IPPROTO_ICMP ) = ( 2, 1, 3, 0, 1 );
my ( $SOL_SOCKET, $SO_ERROR, $IP_MTU_DISCOVER, $IP_PMTUDISC_DO ) = ( 1, 4, 10, 2 );
my ( $F_SETFL, $O_NONBLOCK, $ECONNREFUSED, $EINPROGRESS ) = ( 4, 04000, 111, 115 );

# Seconds, twice: what gets lost once may be asked again.
my $PATIENCE = 0.75;

my ( %connecting, @echoes );
for my $target (@ARGV) {
    my ( $kind, $address, $number ) = split m{/}, $target;
    next if $address !~ /^\d+\.\d+\.\d+\.\d+$/;
    if ( $kind eq 'tcp' ) { connect_to( $target, place( $address, $number ) ) }
    else                  { push @echoes, [ $target, place( $address, 0 ), $number ] }
}
my $raw;
if (@echoes) {
    socket( $raw, $PF_INET, $SOCK_RAW, $IPPROTO_ICMP ) && setsockopt( $raw, $IPPROTO_IP, $IP_MTU_DISCOVER, $IP_PMTUDISC_DO )
      or ( $raw, @echoes ) = ();
}
for ( 1 .. 2 ) {
    send_echoes() if $raw;
    listen_for($PATIENCE);
}

sub answered {
    print "$_[0]\n";
}

# place ADDRESS PORT: as the kernel has it, a sockaddr_in.
sub place {
    my ( $address, $port ) = @_;
    return pack 'SnC4x8', $PF_INET, $port, split /\./, $address;
}

sub connect_to {
    my ( $target, $place ) = @_;
    socket( my $socket, $PF_INET, $SOCK_STREAM, 0 ) or return;
    fcntl $socket, $F_SETFL, $O_NONBLOCK;
    if    ( connect( $socket, $place ) || $! == $ECONNREFUSED ) { answered($target) }
    elsif ( $! == $EINPROGRESS )                                { $connecting{ fileno $socket } = [ $target, $socket ] }
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
            my $error = unpack 'i', getsockopt( $socket, $SOL_SOCKET, $SO_ERROR );
            answered($target) if $error == 0 || $error == $ECONNREFUSED;
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
