BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 09:33:37.365000','setup','district-made','01a2120d-b2d4-7bc7-9149-e0f9cd2b2e1f');
INSERT INTO "audit" VALUES(2,'2026-11-25 09:33:37.369000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 09:33:37.371000','cli','school-added','01a2120d-b2da-77e9-82ae-912948df0095');
INSERT INTO "audit" VALUES(4,'2026-11-25 09:33:37.371000','cli','school-added','01a2120d-b2db-7bd7-9b9e-f336242a07da');
INSERT INTO "audit" VALUES(5,'2026-11-25 09:33:37.373000','cli','officer-added','01a2120d-b2dd-7c83-935e-edb8bf961d0f');
INSERT INTO "audit" VALUES(6,'2026-11-25 09:33:37.375000','cli','officer-posted','01a2120d-b2dd-7c83-935e-edb8bf961d0f');
INSERT INTO "audit" VALUES(7,'2026-11-25 09:33:37.375000','cli','officer-added','01a2120d-b2df-70e7-b1ce-7eb4acbb84e5');
INSERT INTO "audit" VALUES(8,'2026-11-25 09:33:37.376000','cli','officer-posted','01a2120d-b2df-70e7-b1ce-7eb4acbb84e5');
INSERT INTO "audit" VALUES(9,'2026-11-25 09:33:37.377000','cli','place-added','01a2120d-b2e1-7242-847f-ca248707644f');
INSERT INTO "audit" VALUES(10,'2026-11-25 09:33:37.380000','cli','tag-made','01a2120d-b2e1-7242-847f-ca248707644f v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 09:33:37.382000','cli','enrolment-code-made','01a2120d-b2dd-7c83-935e-edb8bf961d0f');
INSERT INTO "audit" VALUES(12,'2026-11-25 09:33:37.404000','device:01a2120d-b2f1-7649-8e9b-065be4c4971a','device-enrolled','01a2120d-b2dd-7c83-935e-edb8bf961d0f');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a2120d-b2f1-7649-8e9b-065be4c4971a','2026-11-25 09:33:37.434000');
CREATE TABLE cards (
	slug VARCHAR(8) NOT NULL, 
	officer VARCHAR(36), 
	school VARCHAR(36), 
	active BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (slug), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE TABLE devices (
	id VARCHAR(36) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	platform VARCHAR(40) NOT NULL, 
	app VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "devices" VALUES('01a2120d-b2f1-7649-8e9b-065be4c4971a','01a2120d-b2dd-7c83-935e-edb8bf961d0f','004b6b97263b578b241d391a9931b14d9faa51c3d91006c8c867ed746545d81a','Test phone','','0.1.0','2026-11-25 09:33:37.404000','2026-11-25 09:33:37.404000',NULL);
CREATE TABLE district (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	non_emergency VARCHAR(40) NOT NULL, 
	tip_line VARCHAR(200) NOT NULL, 
	policy JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('01a2120d-b2d4-7bc7-9149-e0f9cd2b2e1f','Test district',0,'(918) 245-8777','','','','{"photo_max_px": 1600, "photo_quality": 0.8, "photo_max_bytes": 5000000, "keep_days": 60, "lock_days": 30}','2026-11-25 09:33:37.364000');
CREATE TABLE enrolment_codes (
	code_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	made_by VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by VARCHAR(36), 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "enrolment_codes" VALUES('a0b8bf0ba4fefff9d8a6c0a1d02f8e36650261a0fab8eda807ac4ac7378a8317','01a2120d-b2dd-7c83-935e-edb8bf961d0f','cli','2026-11-25 09:33:37.382000','2026-11-28 09:33:37.382000','2026-11-25 09:33:37.404000','01a2120d-b2f1-7649-8e9b-065be4c4971a');
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id": "parent_contact", "version": "2026112301", "title": {"en": "Parent contact", "es": "Contacto con la familia"}, "languages": ["en", "es"], "class": "education", "role": "counselling", "goal": "collaboration", "icon": "family_restroom", "fields": [{"type": "select_one", "name": "channel", "label": {"en": "How", "es": "C\u00f3mo"}, "required": true, "choices": [{"name": "phone", "label": {"en": "Phone", "es": "Tel\u00e9fono"}}, {"name": "person", "label": {"en": "In person", "es": "En persona"}}]}, {"type": "integer", "name": "minutes", "label": {"en": "Minutes", "es": "Minutos"}, "constraint": ["<=", ["self"], 600], "constraint_message": {"en": "At most ten hours.", "es": "Diez horas como m\u00e1ximo."}}, {"type": "text", "name": "summary", "label": {"en": "Summary", "es": "Resumen"}}, {"type": "image", "name": "photo", "label": {"en": "Photo", "es": "Foto"}}]}',1,'2026-11-25 09:33:37.368000');
CREATE TABLE hand_ins (
	vault VARCHAR(32) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	files JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	opened_at DATETIME, 
	PRIMARY KEY (vault, officer), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE officers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	badge VARCHAR(40) NOT NULL, 
	title VARCHAR(100) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	languages JSON NOT NULL, 
	photo VARCHAR(64), 
	role VARCHAR(20) NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (badge)
);
INSERT INTO "officers" VALUES('01a2120d-b2dd-7c83-935e-edb8bf961d0f','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 09:33:37.373000');
INSERT INTO "officers" VALUES('01a2120d-b2df-70e7-b1ce-7eb4acbb84e5','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 09:33:37.375000');
CREATE TABLE places (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	building VARCHAR(100) NOT NULL, 
	floor VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	lat DOUBLE, 
	lon DOUBLE, 
	fence_m INTEGER NOT NULL, 
	instructions TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a2120d-b2e1-7242-847f-ca248707644f','01a2120d-b2da-77e9-82ae-912948df0095','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 09:33:37.377000');
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a2120d-b2dd-7c83-935e-edb8bf961d0f','01a2120d-b2da-77e9-82ae-912948df0095','2026-11-25 09:33:37.374000',NULL);
INSERT INTO "postings" VALUES('01a2120d-b2df-70e7-b1ce-7eb4acbb84e5','01a2120d-b2da-77e9-82ae-912948df0095','2026-11-25 09:33:37.375000',NULL);
INSERT INTO "postings" VALUES('01a2120d-b2df-70e7-b1ce-7eb4acbb84e5','01a2120d-b2db-7bd7-9b9e-f336242a07da','2026-11-25 09:33:37.375000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a2120d-b304-7ced-aa3c-2557c0eea53d','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a2120d-b2da-77e9-82ae-912948df0095','image/jpeg',653);
CREATE TABLE "records" (
	id VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	place VARCHAR(36), 
	author VARCHAR(36) NOT NULL, 
	title TEXT NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	first_seq BIGINT NOT NULL, 
	updated_seq BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	revisions INTEGER NOT NULL, 
	heads JSON NOT NULL, 
	answers JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	missing INTEGER NOT NULL, 
	flags JSON NOT NULL, 
	standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	promises JSON DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	open BOOLEAN DEFAULT 1 NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a2120d-b304-7ced-aa3c-2557c0eea53d','parent_contact','2026112301','education','01a2120d-b2da-77e9-82ae-912948df0095',NULL,'01a2120d-b2dd-7c83-935e-edb8bf961d0f','Parent contact','2026-11-25 09:33:37.412000',1,1,'2026-11-25 09:33:37.415000',1,'["4126699d742b39462693404d545a460f7a07d5c583c6bcca68667a7de1fa909c"]','{"channel": "phone", "photo": {"bytes": 653, "mime": "image/jpeg", "sha256": "b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0);
INSERT INTO "records" VALUES('01a2120d-b304-7d5d-88ee-038328155262','parent_contact','2026112301','education','01a2120d-b2da-77e9-82ae-912948df0095',NULL,'01a2120d-b2dd-7c83-935e-edb8bf961d0f','Parent contact','2026-11-25 09:33:37.412000',2,2,'2026-11-25 09:33:37.415000',1,'["686325d36f1ebed4b1505e8843206c54620b47713c2c4b2cef7b0b30b6252015"]','{"channel": "phone"}','{}',0,'[]','live','{}',NULL,0);
CREATE TABLE "revisions" (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hash VARCHAR(64) NOT NULL, 
	record VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	author VARCHAR(36) NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	device_seq BIGINT NOT NULL, 
	prev VARCHAR(64), 
	at VARCHAR(40) NOT NULL, 
	captured_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	flags JSON NOT NULL, 
	act VARCHAR(10), 
	link VARCHAR(64) NOT NULL, 
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'4126699d742b39462693404d545a460f7a07d5c583c6bcca68667a7de1fa909c','01a2120d-b304-7ced-aa3c-2557c0eea53d','parent_contact','2026112301','education','01a2120d-b2da-77e9-82ae-912948df0095','01a2120d-b2dd-7c83-935e-edb8bf961d0f','01a2120d-b2f1-7649-8e9b-065be4c4971a',1,NULL,'2026-11-25T09:33:37.412+00:00','2026-11-25 09:33:37.412000','2026-11-25 09:33:37.415000','{"at":"2026-11-25T09:33:37.412+00:00","author":"01a2120d-b2dd-7c83-935e-edb8bf961d0f","device":"01a2120d-b2f1-7649-8e9b-065be4c4971a","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a2120d-b304-7ced-aa3c-2557c0eea53d","record_class":"education","school":"01a2120d-b2da-77e9-82ae-912948df0095","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'03070839f69eba2c9d7129df433a6ddea3c417e4c2ec38bf270f4d040072cb20');
INSERT INTO "revisions" VALUES(2,'686325d36f1ebed4b1505e8843206c54620b47713c2c4b2cef7b0b30b6252015','01a2120d-b304-7d5d-88ee-038328155262','parent_contact','2026112301','education','01a2120d-b2da-77e9-82ae-912948df0095','01a2120d-b2dd-7c83-935e-edb8bf961d0f','01a2120d-b2f1-7649-8e9b-065be4c4971a',2,'4126699d742b39462693404d545a460f7a07d5c583c6bcca68667a7de1fa909c','2026-11-25T09:33:37.412+00:00','2026-11-25 09:33:37.412000','2026-11-25 09:33:37.415000','{"at":"2026-11-25T09:33:37.412+00:00","author":"01a2120d-b2dd-7c83-935e-edb8bf961d0f","device":"01a2120d-b2f1-7649-8e9b-065be4c4971a","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"4126699d742b39462693404d545a460f7a07d5c583c6bcca68667a7de1fa909c","reason":null,"record":"01a2120d-b304-7d5d-88ee-038328155262","record_class":"education","school":"01a2120d-b2da-77e9-82ae-912948df0095","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'539bf30061e206cec93e4c9dcadfcecda1883ae8961a4d1a455c8f6f359ad23b');
CREATE TABLE schools (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(300) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	reunification VARCHAR(300) DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "schools" VALUES('01a2120d-b2da-77e9-82ae-912948df0095','North Middle School','','','',1,'2026-11-25 09:33:37.370000');
INSERT INTO "schools" VALUES('01a2120d-b2db-7bd7-9b9e-f336242a07da','South High School','','','',1,'2026-11-25 09:33:37.371000');
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE tags (
	code VARCHAR(16) NOT NULL, 
	short VARCHAR(8) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (code), 
	UNIQUE (place, version), 
	UNIQUE (short), 
	FOREIGN KEY(place) REFERENCES places (id)
);
INSERT INTO "tags" VALUES('23R5GFEFX5KDEWBJ','CBAZ47XW','01a2120d-b2e1-7242-847f-ca248707644f',1,'active','2026-11-25 09:33:37.380000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
