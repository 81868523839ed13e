"""Every guard of the spine with the scene that shows it missing."""

from tests.chaos.guards import clocks, disks, following, hearing, recording, removals, sending
from tests.chaos.guards.guard import Guard

GUARDS: tuple[Guard, ...] = (
    Guard(
        "command ids are looked up",
        removals.command_ids,
        recording.a_command_comes_twice,
        "a repeated command has an effect",
    ),
    Guard(
        "command ids are looked up for what is heard",
        removals.command_ids,
        hearing.things_come_twice,
        "a heard event is filed twice",
    ),
    Guard(
        "what was seen is still so when it is decided",
        removals.what_was_seen,
        recording.several_act_on_what_they_saw,
        "somebody acts on what they did not see",
    ),
    Guard(
        "command id and position in the events' transaction",
        removals.one_transaction,
        recording.the_connection_dies_in_a_commit,
        "a command cut off in its commit has two effects",
    ),
    Guard(
        "position of what is heard in the events' transaction",
        removals.one_transaction,
        recording.the_connection_dies_while_it_hears,
        "what is heard and how far was heard come apart",
    ),
    Guard(
        "what new events stand on is there",
        removals.as_they_were_read,
        recording.an_older_copy_takes_over,
        "new events stand on what is not there",
    ),
    Guard("table lock", removals.table_lock, recording.many_write_and_one_follows, "who follows the log misses events"),
    Guard(
        "numbers are streams", removals.series_stream, recording.two_number_at_once, "numbers have a gap or a double"
    ),
    Guard("hash chain", removals.hash_chain, recording.a_case_is_written, "a chain is broken"),
    Guard("inbox fence", removals.fence, recording.a_zombie_writes, "a replaced instance writes"),
    Guard("bounded queue", removals.bounded_queue, recording.more_come_than_fit, "a queue grows without bound"),
    Guard(
        "answers wait for the disk",
        removals.waiting_for_the_disk,
        disks.the_power_fails,
        "an answered command is missing",
    ),
    Guard("advisory lock of the relay", removals.advisory_lock, sending.two_relays_run, "two relays send at once"),
    Guard(
        "the cursor follows the acknowledgement",
        removals.cursor_after_sending,
        sending.the_relay_dies_before_it_has_sent,
        "what was said is not sent",
    ),
    Guard(
        "a wiped topic is noticed",
        removals.watch_over_the_topic,
        sending.the_topic_is_wiped,
        "what a wiped topic lost is not sent again",
    ),
    Guard(
        "a relay stops when Kafka is ahead",
        removals.level_with_kafka,
        sending.kafka_is_ahead,
        "other events take the places of those that Kafka holds",
    ),
    Guard(
        "offsets follow the recording",
        removals.offsets_after_recording,
        hearing.the_inbox_dies_before_it_has_recorded,
        "a heard event is not filed",
    ),
    Guard("parking", removals.parking, hearing.a_case_has_poison, "what waits behind a dead letter does not wait"),
    Guard("dead letters", removals.dead_letters, hearing.a_case_has_poison, "a heard event is neither filed nor aside"),
    Guard(
        "the worker's positions stand in its rows' transaction",
        removals.positions_with_rows,
        clocks.the_worker_is_cut_off,
        "the history lacks what was delivered",
    ),
    Guard(
        "a read model's position stands in its rows' transaction",
        removals.position_with_rows,
        following.the_follower_is_cut_off,
        "a read model lacks what is in the log",
    ),
    Guard(
        "nobody is late until everything was heard",
        removals.hearing_first,
        clocks.the_end_is_heard_late,
        "somebody is told that he is late who was not",
    ),
    Guard(
        "who is late is told once",
        removals.said_once,
        clocks.somebody_is_late,
        "somebody is told not once that he is late",
    ),
)
