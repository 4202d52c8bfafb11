-- Records of attachments are sealed: one that is altered or deleted past the hub, or whose MAC is cleared, is found without a download.
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "dataset", "department", "field", "name", "media_type", "bytes", "sha256", "state", "storage", "upload", "opened_at", "mac" ON attachment
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,department,field,name,media_type,bytes,sha256,state,storage,upload,opened_at,mac');
