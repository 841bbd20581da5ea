/* A branch's feed over sessions that come and go (broker/core/feed.c,
 * agents/branch): events with numbers, sent ahead up to a window, acknowledged
 * cumulatively by acknowledgements that ride with a later commit and so may be
 * lost with a death of the broker. A message of an old connection may arrive in
 * the new session.
 *
 * Shown: the branch has events in order, without a gap, each once; the broker
 * never believes more acknowledged than the branch has on disk; and when the line
 * is good at last, the branch gets all of them. */
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef DEATHS
#define DEATHS 2
#endif
#define EVENTS 3
#define IN_FLIGHT 2
#define ROOM 2

/* on disk */
byte acknowledged = 0; /* broker */
byte held = 0;         /* branch: events up to here */
byte count = 0;        /* events it put into its book, for the claim alone */

/* volatile, of the broker's session */
byte base = 0;   /* the branch has the feed up to here, as far as this session knows */
byte cursor = 0; /* sent up to here */
byte lazy = 0;   /* an acknowledgement stepped and not committed */
bool is_up = false;

byte losses = 0, deaths = 0;
chan down = [ROOM] of { byte }; /* CASE_EVENT n */
chan up = [ROOM] of { byte };   /* EVENT_ACK n */

inline rewind(to) {
    base = to; cursor = to
}

active proctype broker() {
    byte n;
end:
    do
    /* HELLO: it names what the branch holds; the feed goes on after it */
    :: atomic { !is_up -> is_up = true;
           if
           :: held > acknowledged -> rewind(held)
           :: else -> rewind(acknowledged)
           fi }
    :: atomic { is_up && cursor < EVENTS && cursor < base + IN_FLIGHT && nfull(down) -> cursor++; down!cursor }
    /* no progress for feed_retry_ms: sent again from what was acknowledged */
    :: atomic { is_up && cursor > base && empty(down) && empty(up) -> cursor = base }
    :: atomic { up?n ->
           assert(n <= EVENTS);
           if
           :: n > acknowledged && n > lazy -> lazy = n
           :: else -> skip
           fi;
           if
           :: is_up && n > base -> base = n; if :: cursor < n -> cursor = n :: else -> skip fi
           :: else -> skip
           fi }
    :: atomic { lazy != 0 -> assert(lazy <= held); acknowledged = lazy; lazy = 0 }
    :: atomic { deaths < DEATHS -> deaths++; lazy = 0; is_up = false }
    :: atomic { is_up && losses < LOSSES -> losses++; is_up = false }
    :: atomic { losses < LOSSES && nempty(down) -> down?_; losses++ }
    :: atomic { losses < LOSSES && nempty(up) -> up?_; losses++ }
    od
}

active proctype branch() {
    byte n;
end:
    do
    :: atomic { down?n ->
           if
           :: n == held + 1 -> held = n; count++; assert(count == held) /* on disk, then acknowledged */
           :: else -> skip              /* old: acknowledged again; too new: it comes again, in order */
           fi;
           if
           :: nfull(up) -> up!held
           :: full(up) -> skip
           fi }
    od
}

ltl safe { [] (acknowledged <= held && held <= EVENTS) }
ltl arrives { <> (held == EVENTS) }
