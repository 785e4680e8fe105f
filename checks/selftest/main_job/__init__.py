"""Tests of the command line: exit codes, the table, JSON, findings that replay, interruption, processes that die."""
