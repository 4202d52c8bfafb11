-- Delays of what persons are shown are deleted some days after their last day.
GRANT DELETE ON view_delay TO datong_app;
