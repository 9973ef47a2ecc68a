BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 04:23:41.265000','setup','district-made','01a210f1-f1cf-748c-b4d9-b27bbfde1660');
INSERT INTO "audit" VALUES(2,'2026-11-25 04:23:41.269000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 04:23:41.271000','cli','school-added','01a210f1-f1d6-7ee9-a480-f492f3490bee');
INSERT INTO "audit" VALUES(4,'2026-11-25 04:23:41.271000','cli','school-added','01a210f1-f1d7-7b25-b45c-2633937e1ba1');
INSERT INTO "audit" VALUES(5,'2026-11-25 04:23:41.274000','cli','officer-added','01a210f1-f1da-7840-8a81-feef7d8c1c94');
INSERT INTO "audit" VALUES(6,'2026-11-25 04:23:41.275000','cli','officer-posted','01a210f1-f1da-7840-8a81-feef7d8c1c94');
INSERT INTO "audit" VALUES(7,'2026-11-25 04:23:41.276000','cli','officer-added','01a210f1-f1dc-71e3-a23c-fa5247593fa5');
INSERT INTO "audit" VALUES(8,'2026-11-25 04:23:41.277000','cli','officer-posted','01a210f1-f1dc-71e3-a23c-fa5247593fa5');
INSERT INTO "audit" VALUES(9,'2026-11-25 04:23:41.279000','cli','place-added','01a210f1-f1de-7195-9f86-9766c2e65a98');
INSERT INTO "audit" VALUES(10,'2026-11-25 04:23:41.282000','cli','tag-made','01a210f1-f1de-7195-9f86-9766c2e65a98 v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 04:23:41.285000','cli','enrolment-code-made','01a210f1-f1da-7840-8a81-feef7d8c1c94');
INSERT INTO "audit" VALUES(12,'2026-11-25 04:23:41.305000','device:01a210f1-f1ee-72b8-94a7-181ab21c81a8','device-enrolled','01a210f1-f1da-7840-8a81-feef7d8c1c94');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a210f1-f1ee-72b8-94a7-181ab21c81a8','2026-11-25 04:23:41.432000');
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
INSERT INTO "devices" VALUES('01a210f1-f1ee-72b8-94a7-181ab21c81a8','01a210f1-f1da-7840-8a81-feef7d8c1c94','56e8a4947c839007fd2d406515c7062a1b7b0633b1924e5c2995698280930e02','Test phone','','0.1.0','2026-11-25 04:23:41.305000','2026-11-25 04:23:41.305000',NULL);
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
INSERT INTO "district" VALUES('01a210f1-f1cf-748c-b4d9-b27bbfde1660','Test district',0,'(918) 245-8777','','','','{"photo_max_px": 1600, "photo_quality": 0.8, "photo_max_bytes": 5000000, "keep_days": 60}','2026-11-25 04:23:41.263000');
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
INSERT INTO "enrolment_codes" VALUES('8335f99ffad10da846455068c7d79122509fd19cb2c77d95cc4b8dd9930e3b90','01a210f1-f1da-7840-8a81-feef7d8c1c94','cli','2026-11-25 04:23:41.284000','2026-11-28 04:23:41.284000','2026-11-25 04:23:41.305000','01a210f1-f1ee-72b8-94a7-181ab21c81a8');
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id": "parent_contact", "version": "2026112301", "title": {"en": "Parent contact", "es": "Contacto con la familia"}, "languages": ["en", "es"], "class": "education", "role": "counselling", "goal": "collaboration", "icon": "family_restroom", "fields": [{"type": "select_one", "name": "channel", "label": {"en": "How", "es": "C\u00f3mo"}, "required": true, "choices": [{"name": "phone", "label": {"en": "Phone", "es": "Tel\u00e9fono"}}, {"name": "person", "label": {"en": "In person", "es": "En persona"}}]}, {"type": "integer", "name": "minutes", "label": {"en": "Minutes", "es": "Minutos"}, "constraint": ["<=", ["self"], 600], "constraint_message": {"en": "At most ten hours.", "es": "Diez horas como m\u00e1ximo."}}, {"type": "text", "name": "summary", "label": {"en": "Summary", "es": "Resumen"}}, {"type": "image", "name": "photo", "label": {"en": "Photo", "es": "Foto"}}]}',1,'2026-11-25 04:23:41.268000');
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
INSERT INTO "officers" VALUES('01a210f1-f1da-7840-8a81-feef7d8c1c94','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 04:23:41.274000');
INSERT INTO "officers" VALUES('01a210f1-f1dc-71e3-a23c-fa5247593fa5','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 04:23:41.276000');
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
INSERT INTO "places" VALUES('01a210f1-f1de-7195-9f86-9766c2e65a98','01a210f1-f1d6-7ee9-a480-f492f3490bee','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 04:23:41.278000');
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a210f1-f1da-7840-8a81-feef7d8c1c94','01a210f1-f1d6-7ee9-a480-f492f3490bee','2026-11-25 04:23:41.275000',NULL);
INSERT INTO "postings" VALUES('01a210f1-f1dc-71e3-a23c-fa5247593fa5','01a210f1-f1d6-7ee9-a480-f492f3490bee','2026-11-25 04:23:41.276000',NULL);
INSERT INTO "postings" VALUES('01a210f1-f1dc-71e3-a23c-fa5247593fa5','01a210f1-f1d7-7b25-b45c-2633937e1ba1','2026-11-25 04:23:41.276000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a210f1-f202-7ee8-805d-9c5427147825','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a210f1-f1d6-7ee9-a480-f492f3490bee','image/jpeg',653);
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
	flags JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a210f1-f202-7c6b-991f-ac0fcfabb269','parent_contact','2026112301','education','01a210f1-f1d6-7ee9-a480-f492f3490bee',NULL,'01a210f1-f1da-7840-8a81-feef7d8c1c94','Parent contact','2026-11-25 04:23:41.314000',2,2,'2026-11-25 04:23:41.317000',1,'["09d0006422ae17ea94359e22ee6a9b3469932f429fa3c5a523c066d8b9386c4e"]','{"channel": "phone"}','{}',0,'[]');
INSERT INTO "records" VALUES('01a210f1-f202-7ee8-805d-9c5427147825','parent_contact','2026112301','education','01a210f1-f1d6-7ee9-a480-f492f3490bee',NULL,'01a210f1-f1da-7840-8a81-feef7d8c1c94','Parent contact','2026-11-25 04:23:41.314000',1,1,'2026-11-25 04:23:41.317000',1,'["5fa5674c13b1b616b914c5348c0f9e9f841b90644d840d04e5fd132c7d114854"]','{"channel": "phone", "photo": {"bytes": 653, "mime": "image/jpeg", "sha256": "b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]');
CREATE TABLE revisions (
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
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'5fa5674c13b1b616b914c5348c0f9e9f841b90644d840d04e5fd132c7d114854','01a210f1-f202-7ee8-805d-9c5427147825','parent_contact','2026112301','education','01a210f1-f1d6-7ee9-a480-f492f3490bee','01a210f1-f1da-7840-8a81-feef7d8c1c94','01a210f1-f1ee-72b8-94a7-181ab21c81a8',1,NULL,'2026-11-25T04:23:41.314+00:00','2026-11-25 04:23:41.314000','2026-11-25 04:23:41.317000','{"at":"2026-11-25T04:23:41.314+00:00","author":"01a210f1-f1da-7840-8a81-feef7d8c1c94","device":"01a210f1-f1ee-72b8-94a7-181ab21c81a8","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a210f1-f202-7ee8-805d-9c5427147825","record_class":"education","school":"01a210f1-f1d6-7ee9-a480-f492f3490bee","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]');
INSERT INTO "revisions" VALUES(2,'09d0006422ae17ea94359e22ee6a9b3469932f429fa3c5a523c066d8b9386c4e','01a210f1-f202-7c6b-991f-ac0fcfabb269','parent_contact','2026112301','education','01a210f1-f1d6-7ee9-a480-f492f3490bee','01a210f1-f1da-7840-8a81-feef7d8c1c94','01a210f1-f1ee-72b8-94a7-181ab21c81a8',2,'5fa5674c13b1b616b914c5348c0f9e9f841b90644d840d04e5fd132c7d114854','2026-11-25T04:23:41.314+00:00','2026-11-25 04:23:41.314000','2026-11-25 04:23:41.317000','{"at":"2026-11-25T04:23:41.314+00:00","author":"01a210f1-f1da-7840-8a81-feef7d8c1c94","device":"01a210f1-f1ee-72b8-94a7-181ab21c81a8","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"5fa5674c13b1b616b914c5348c0f9e9f841b90644d840d04e5fd132c7d114854","reason":null,"record":"01a210f1-f202-7c6b-991f-ac0fcfabb269","record_class":"education","school":"01a210f1-f1d6-7ee9-a480-f492f3490bee","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]');
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
INSERT INTO "schools" VALUES('01a210f1-f1d6-7ee9-a480-f492f3490bee','North Middle School','','','',1,'2026-11-25 04:23:41.270000');
INSERT INTO "schools" VALUES('01a210f1-f1d7-7b25-b45c-2633937e1ba1','South High School','','','',1,'2026-11-25 04:23:41.271000');
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
INSERT INTO "tags" VALUES('7SZCYS63F9MWB6JP','466SD8BP','01a210f1-f1de-7195-9f86-9766c2e65a98',1,'active','2026-11-25 04:23:41.282000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',12);
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
COMMIT;
