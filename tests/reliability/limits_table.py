"""Every limit, and the test that turns red without it.

``nox -s proof -- limits`` removes each one in turn and runs its test, which then has to fail.
"""

from __future__ import annotations

from typing import Final

TEST_OF: Final[dict[str, str]] = {
    "message_bytes": "test_connection.py::TestFrames::test_a_frame_that_is_too_large",
    "json_depth": "test_wire.py::TestDecoding::test_depth",
    "json_nodes": "test_wire.py::TestDecoding::test_nodes",
    "token_bytes": "test_tokens.py::test_a_huge_token_is_not_even_looked_at",
    "token_age_s": "test_process.py::TestRefusing::test_an_old_page_whose_mount_is_gone",
    "token_leeway_s": "test_tokens.py::test_age_with_leeway",
    "form_bytes": "test_gate.py::test_more_bytes_than_it_may_have",
    "form_s": "test_gate.py::test_a_form_that_does_not_end",
    "forms": "test_gate_checks.py::test_forms_of_an_address_and_of_all",
    "forms_per_address": "test_gate_checks.py::test_forms_of_an_address_and_of_all",
    "form_fields": "test_gate.py::test_more_fields_than_it_may_have",
    "mended_bytes": "../hyper/web/test_fallback.py::test_too_much_to_be_mended_is_not_kept",
    "spent": "test_gate_checks.py::test_only_so_many_are_remembered",
    "kept": "test_mounts.py::test_pages_that_post_forms_wait_longer_and_the_oldest_gives_way",
    "kept_s": "test_mounts.py::test_pages_that_post_forms_wait_longer_and_the_oldest_gives_way",
    "auth_s": "test_server.py::TestWhoMayConnect::test_auth_that_takes_too_long",
    "auths_at_once": "test_rechecks.py::test_a_few_at_a_time",
    "join_s": "test_connection.py::TestTime::test_a_socket_that_connects_nothing_is_closed",
    "mount_s": "test_process.py::TestRefusing::test_a_mount_that_takes_too_long",
    "loop_lag_s": "test_watchdog.py::test_the_limit_is_a_setting",
    "session_age_s": "test_visitors.py::test_a_session_is_over_after_its_time",
    "handler_s": "test_runner.py::TestTime::test_a_view_that_takes_too_long_is_stopped",
    "silence_s": "test_connection.py::TestTime::test_a_silent_peer_is_asked_then_dropped",
    "write_s": "test_connection.py::TestTime::test_a_peer_that_does_not_read_is_dropped_however_much_it_says",
    "close_s": "test_connection.py::TestTime::test_a_closing_handshake_that_takes_too_long",
    "events_per_s": "test_connection.py::TestRates::test_too_many_events_at_once_are_refused_and_not_run_later",
    "events_burst": "test_connection.py::TestRates::test_too_many_events_at_once_are_refused_and_not_run_later",
    "events_per_s_per_address": "test_shares.py::test_visitors_of_one_address_share_a_rate",
    "events_burst_per_address": "test_shares.py::test_visitors_of_one_address_share_a_rate",
    "refusals_in_a_row": "test_connection.py::TestRates::test_a_flood_closes_the_socket",
    "bad_frames": "test_connection.py::TestFrames::test_the_third_in_a_minute_closes_the_socket",
    "bad_frames_s": "test_connection.py::TestFrames::test_three_in_a_longer_time_do_not",
    "queued_events": "test_connection.py::TestRates::test_events_behind_a_waiting_handler_are_limited",
    "queued_pushes": "test_session.py::TestPushes::test_the_oldest_are_dropped_and_that_is_said",
    "unsent_bytes": "test_connection.py::TestBackpressure::test_a_client_that_reads_nothing_is_rendered_for_until_much_is_unsent",
    "unacked_updates": "test_connection.py::TestBackpressure::test_a_client_that_applies_nothing_is_not_rendered_for",
    "replay_frames": "test_session.py::TestComingBack::test_what_is_not_kept_costs_a_snapshot",
    "replay_bytes": "test_session.py::TestComingBack::test_what_is_not_kept_costs_a_snapshot",
    "replies": "test_inbox.py::test_old_outcomes_are_forgotten_but_never_run_again",
    "reply_bytes": "test_inbox.py::test_outcomes_with_long_names_are_forgotten_earlier",
    "pending": "test_process.py::TestJoining::test_too_many_pages_that_never_connect",
    "pending_s": "test_mounts.py::test_pending_ones_expire_in_turn",
    "detached": "test_process.py::TestRoom::test_the_oldest_detached_page_gives_way",
    "detached_s": "test_connection.py::TestComingBack::test_after_the_time_it_is_mounted_anew",
    "connections": "test_process.py::TestRoom::test_sockets_of_a_process_a_visitor_and_an_address",
    "connections_per_visitor": "test_process.py::TestRoom::test_sockets_of_a_process_a_visitor_and_an_address",
    "connections_per_address": "test_process.py::TestRoom::test_sockets_of_a_process_a_visitor_and_an_address",
    "components_per_connection": "test_connection.py::TestManyComponents::test_but_not_more_than_allowed",
    "idle_s": "test_resting.py::test_a_page_rests_once_when_nothing_happens",
    "drain_s": "test_process.py::TestTheEnd::test_but_not_for_ever",
    "drain_clients_per_s": "test_process.py::TestTheEnd::test_many_pages_are_given_more_time",
}
"""By field of ``Limits``; below ``tests/transport``."""
