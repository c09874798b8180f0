-- Tells every worker at once that a tool has changed (channel webhook_tools, payload schema:id).
CREATE FUNCTION webhook_tools_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('webhook_tools', TG_TABLE_SCHEMA || ':' || coalesce(NEW.id, OLD.id));
  RETURN NULL;
END
$$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON webhook_tools
  FOR EACH ROW EXECUTE FUNCTION webhook_tools_changed();

-- How far the rotation to a key has come, so that it goes on where it was stopped.
CREATE TABLE webhook_key_rotation (
  key_id      text        NOT NULL,
  place       text        NOT NULL,
  event_id    text        NOT NULL DEFAULT '',
  received_at timestamptz NOT NULL DEFAULT '-infinity',
  done_at     timestamptz,
  PRIMARY KEY (key_id, place)
);
