"""What a policy document says and brings, looked at before it is published."""
