"""Tests of subjects in a process of their own: whatever they do, it is a finding with a case, and the run goes on."""
