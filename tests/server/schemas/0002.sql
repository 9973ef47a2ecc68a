BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 04:35:43.469000','setup','district-made','01a210fc-f6ec-75db-a29d-08b0eb57a05f');
INSERT INTO "audit" VALUES(2,'2026-11-25 04:35:43.472000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 04:35:43.474000','cli','school-added','01a210fc-f6f2-7458-b6a8-2643bfe04351');
INSERT INTO "audit" VALUES(4,'2026-11-25 04:35:43.475000','cli','school-added','01a210fc-f6f3-7b74-97c9-212e3520968b');
INSERT INTO "audit" VALUES(5,'2026-11-25 04:35:43.478000','cli','officer-added','01a210fc-f6f6-705d-88b6-3aaab4fe130c');
INSERT INTO "audit" VALUES(6,'2026-11-25 04:35:43.479000','cli','officer-posted','01a210fc-f6f6-705d-88b6-3aaab4fe130c');
INSERT INTO "audit" VALUES(7,'2026-11-25 04:35:43.480000','cli','officer-added','01a210fc-f6f8-7859-a247-299776ce5fd2');
INSERT INTO "audit" VALUES(8,'2026-11-25 04:35:43.481000','cli','officer-posted','01a210fc-f6f8-7859-a247-299776ce5fd2');
INSERT INTO "audit" VALUES(9,'2026-11-25 04:35:43.482000','cli','place-added','01a210fc-f6fa-75da-a9d9-c55a905a6192');
INSERT INTO "audit" VALUES(10,'2026-11-25 04:35:43.485000','cli','tag-made','01a210fc-f6fa-75da-a9d9-c55a905a6192 v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 04:35:43.487000','cli','enrolment-code-made','01a210fc-f6f6-705d-88b6-3aaab4fe130c');
INSERT INTO "audit" VALUES(12,'2026-11-25 04:35:43.512000','device:01a210fc-f70b-7adf-b624-95735395ec80','device-enrolled','01a210fc-f6f6-705d-88b6-3aaab4fe130c');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a210fc-f70b-7adf-b624-95735395ec80','2026-11-25 04:35:43.633000');
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
INSERT INTO "devices" VALUES('01a210fc-f70b-7adf-b624-95735395ec80','01a210fc-f6f6-705d-88b6-3aaab4fe130c','d9311026370a7a7c9f5f07b7b1910ce62ee12307e8a72117b9c94208e4f2c0b8','Test phone','','0.1.0','2026-11-25 04:35:43.512000','2026-11-25 04:35:43.512000',NULL);
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
INSERT INTO "district" VALUES('01a210fc-f6ec-75db-a29d-08b0eb57a05f','Test district',0,'(918) 245-8777','','','','{"photo_max_px": 1600, "photo_quality": 0.8, "photo_max_bytes": 5000000, "keep_days": 60}','2026-11-25 04:35:43.468000');
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
INSERT INTO "enrolment_codes" VALUES('80a16c039b2e332909648e0e238c259dc10d87638f15224d7663c573e3047203','01a210fc-f6f6-705d-88b6-3aaab4fe130c','cli','2026-11-25 04:35:43.487000','2026-11-28 04:35:43.487000','2026-11-25 04:35:43.512000','01a210fc-f70b-7adf-b624-95735395ec80');
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id": "parent_contact", "version": "2026112301", "title": {"en": "Parent contact", "es": "Contacto con la familia"}, "languages": ["en", "es"], "class": "education", "role": "counselling", "goal": "collaboration", "icon": "family_restroom", "fields": [{"type": "select_one", "name": "channel", "label": {"en": "How", "es": "C\u00f3mo"}, "required": true, "choices": [{"name": "phone", "label": {"en": "Phone", "es": "Tel\u00e9fono"}}, {"name": "person", "label": {"en": "In person", "es": "En persona"}}]}, {"type": "integer", "name": "minutes", "label": {"en": "Minutes", "es": "Minutos"}, "constraint": ["<=", ["self"], 600], "constraint_message": {"en": "At most ten hours.", "es": "Diez horas como m\u00e1ximo."}}, {"type": "text", "name": "summary", "label": {"en": "Summary", "es": "Resumen"}}, {"type": "image", "name": "photo", "label": {"en": "Photo", "es": "Foto"}}]}',1,'2026-11-25 04:35:43.472000');
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
INSERT INTO "officers" VALUES('01a210fc-f6f6-705d-88b6-3aaab4fe130c','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 04:35:43.478000');
INSERT INTO "officers" VALUES('01a210fc-f6f8-7859-a247-299776ce5fd2','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 04:35:43.480000');
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
INSERT INTO "places" VALUES('01a210fc-f6fa-75da-a9d9-c55a905a6192','01a210fc-f6f2-7458-b6a8-2643bfe04351','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 04:35:43.482000');
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a210fc-f6f6-705d-88b6-3aaab4fe130c','01a210fc-f6f2-7458-b6a8-2643bfe04351','2026-11-25 04:35:43.479000',NULL);
INSERT INTO "postings" VALUES('01a210fc-f6f8-7859-a247-299776ce5fd2','01a210fc-f6f3-7b74-97c9-212e3520968b','2026-11-25 04:35:43.480000',NULL);
INSERT INTO "postings" VALUES('01a210fc-f6f8-7859-a247-299776ce5fd2','01a210fc-f6f2-7458-b6a8-2643bfe04351','2026-11-25 04:35:43.480000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a210fc-f779-737e-afe1-456a9495f567','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a210fc-f6f2-7458-b6a8-2643bfe04351','image/jpeg',653);
CREATE TABLE records (
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
	flags JSON NOT NULL, standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a210fc-f779-737e-afe1-456a9495f567','parent_contact','2026112301','education','01a210fc-f6f2-7458-b6a8-2643bfe04351',NULL,'01a210fc-f6f6-705d-88b6-3aaab4fe130c','Parent contact','2026-11-25 04:35:43.609000',1,1,'2026-11-25 04:35:43.613000',1,'["d166130908683b25469dc730bf32be64dd9b32346246baf1e40426cb71323b89"]','{"channel": "phone", "photo": {"bytes": 653, "mime": "image/jpeg", "sha256": "b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live');
INSERT INTO "records" VALUES('01a210fc-f779-7070-b652-c978ee3f3c90','parent_contact','2026112301','education','01a210fc-f6f2-7458-b6a8-2643bfe04351',NULL,'01a210fc-f6f6-705d-88b6-3aaab4fe130c','Parent contact','2026-11-25 04:35:43.609000',2,2,'2026-11-25 04:35:43.613000',1,'["87e82645e9ba12c5644bb2d7144796c6c3ef315d01a432d88ab0aa4743ff59e0"]','{"channel": "phone"}','{}',0,'[]','live');
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
INSERT INTO "revisions" VALUES(1,'d166130908683b25469dc730bf32be64dd9b32346246baf1e40426cb71323b89','01a210fc-f779-737e-afe1-456a9495f567','parent_contact','2026112301','education','01a210fc-f6f2-7458-b6a8-2643bfe04351','01a210fc-f6f6-705d-88b6-3aaab4fe130c','01a210fc-f70b-7adf-b624-95735395ec80',1,NULL,'2026-11-25T04:35:43.609+00:00','2026-11-25 04:35:43.609000','2026-11-25 04:35:43.613000','{"at":"2026-11-25T04:35:43.609+00:00","author":"01a210fc-f6f6-705d-88b6-3aaab4fe130c","device":"01a210fc-f70b-7adf-b624-95735395ec80","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a210fc-f779-737e-afe1-456a9495f567","record_class":"education","school":"01a210fc-f6f2-7458-b6a8-2643bfe04351","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'b633e3fb48dfc3bcf994cd393117143bbd82a37ae4b1fa2aef2a983ce4da7c4f');
INSERT INTO "revisions" VALUES(2,'87e82645e9ba12c5644bb2d7144796c6c3ef315d01a432d88ab0aa4743ff59e0','01a210fc-f779-7070-b652-c978ee3f3c90','parent_contact','2026112301','education','01a210fc-f6f2-7458-b6a8-2643bfe04351','01a210fc-f6f6-705d-88b6-3aaab4fe130c','01a210fc-f70b-7adf-b624-95735395ec80',2,'d166130908683b25469dc730bf32be64dd9b32346246baf1e40426cb71323b89','2026-11-25T04:35:43.609+00:00','2026-11-25 04:35:43.609000','2026-11-25 04:35:43.613000','{"at":"2026-11-25T04:35:43.609+00:00","author":"01a210fc-f6f6-705d-88b6-3aaab4fe130c","device":"01a210fc-f70b-7adf-b624-95735395ec80","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"d166130908683b25469dc730bf32be64dd9b32346246baf1e40426cb71323b89","reason":null,"record":"01a210fc-f779-7070-b652-c978ee3f3c90","record_class":"education","school":"01a210fc-f6f2-7458-b6a8-2643bfe04351","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'7ddfff82798b38e476a911be4f3146bdb4a070ead820ef9bc508c213aa598ba3');
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
INSERT INTO "schools" VALUES('01a210fc-f6f2-7458-b6a8-2643bfe04351','North Middle School','','','',1,'2026-11-25 04:35:43.474000');
INSERT INTO "schools" VALUES('01a210fc-f6f3-7b74-97c9-212e3520968b','South High School','','','',1,'2026-11-25 04:35:43.475000');
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
INSERT INTO "tags" VALUES('522T8LR7ELSLW8W7','49A6LHUP','01a210fc-f6fa-75da-a9d9-c55a905a6192',1,'active','2026-11-25 04:35:43.485000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX revisions_of_school ON revisions (school, seq);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
