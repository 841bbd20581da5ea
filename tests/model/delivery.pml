/* Lease and redelivery against acknowledgement (broker/core/delivery.c,
 * agents/window/inbox.c): two deliveries of one case, a line that loses, two
 * connections of which the old one may still bring something, a broker and a
 * window that die at any moment, bounded as the names below say.
 *
 * What is on disk survives a death; what is volatile does not. The broker sends
 * delivery n only when it has n-1 acknowledged; the window stores before it
 * acknowledges, and hands what it stored to its registry once.
 *
 * Shown: what the broker has as delivered, the window has on disk; nothing
 * overtakes; nothing is handed twice; and when the line is good at last, both
 * deliveries arrive. */
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef DEATHS
#define DEATHS 2
#endif
#define DELIVERIES 2
#define ROOM 2

/* on disk */
byte delivered = 0;      /* broker: acknowledged up to here, journaled */
byte stored = 0;         /* window: has up to here */
byte handed = 0;         /* registry: was handed up to here */
bool is_handing = false; /* window: a hand-over began, nobody knows how it ended */

/* volatile */
byte out = 0;      /* broker: sent and not acknowledged, 0 for none */
byte gathered = 0; /* broker: an acknowledgement that is stepped and not committed */
bool is_up = false;

byte losses = 0, deaths = 0;
chan down = [ROOM] of { byte }; /* CASE_DELIVER n */
chan up = [ROOM] of { byte };   /* DELIVERED n */

inline lose(line) {
    losses < LOSSES && nempty(line) -> line?_; losses++
}

active proctype broker() {
    byte n;
end:
    do
    /* a session begins: whatever was out may be sent again */
    :: atomic { !is_up -> is_up = true; out = 0 }
    /* the next one goes, or the same again when its lease ended; a turn takes what waits before it looks at leases */
    :: atomic { is_up && gathered == 0 && delivered < DELIVERIES && empty(up) && nfull(down) && (out == 0 || empty(down)) ->
           out = delivered + 1; down!out }
    /* DELIVERED: only for what is next and was sent; anything else is nothing new */
    :: atomic { up?n ->
           if
           :: n == delivered + 1 && gathered == 0 -> gathered = n
           :: else -> skip
           fi }
    /* the group is committed, and only now it counts */
    :: atomic { gathered != 0 -> assert(gathered <= stored); delivered = gathered; gathered = 0; out = 0 }
    /* it dies: what was not committed is gone */
    :: atomic { deaths < DEATHS -> deaths++; gathered = 0; out = 0; is_up = false }
    /* the connection breaks; what is under way may still arrive */
    :: atomic { is_up && losses < LOSSES -> losses++; is_up = false }
    :: atomic { lose(down) }
    :: atomic { lose(up) }
    od
}

active proctype window() {
    byte n;
end:
    do
    :: atomic { down?n ->
           if
           :: n == stored + 1 -> stored = n /* on disk, in one commit */
           :: n <= stored -> skip           /* again: acknowledged again */
           :: else -> assert(false)         /* nothing overtakes */
           fi;
           if
           :: nfull(up) -> up!n
           :: full(up) -> skip
           fi }
    /* handing: it notes that it begins, hands, and notes the end */
    :: atomic { handed < stored && !is_handing -> is_handing = true }
    :: atomic { is_handing -> handed++; is_handing = false; assert(handed <= stored) }
    /* it dies in the middle of a hand-over: it asks (find) before it hands again */
    :: atomic { deaths < DEATHS && is_handing -> deaths++;
           if
           :: handed++ /* the registry had it */
           :: skip     /* it had not */
           fi;
           is_handing = false }
    od
}

#define in_order (handed <= stored && delivered <= stored)
ltl safe { [] in_order }
ltl arrives { <> (delivered == DELIVERIES) }
