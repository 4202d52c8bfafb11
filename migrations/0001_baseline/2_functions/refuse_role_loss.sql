-- Trigger of role_grant: a confirmed role is never deleted. It records who could do what.
CREATE FUNCTION refuse_role_loss()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a role that was confirmed is not taken out' USING ERRCODE = '23514';
END $$;
