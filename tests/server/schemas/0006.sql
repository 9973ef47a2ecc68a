BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 23:12:58.051000','setup','district-made','01a214fb-d4c2-7834-b257-24994c2e3646');
INSERT INTO "audit" VALUES(2,'2026-11-25 23:12:58.055000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 23:12:58.057000','cli','school-added','01a214fb-d4c9-7e95-b897-aa5160b8d9dd');
INSERT INTO "audit" VALUES(4,'2026-11-25 23:12:58.058000','cli','school-added','01a214fb-d4ca-750b-84c1-1bacc40c4071');
INSERT INTO "audit" VALUES(5,'2026-11-25 23:12:58.060000','cli','officer-added','01a214fb-d4cc-7333-ad45-73abbed0a9ab');
INSERT INTO "audit" VALUES(6,'2026-11-25 23:12:58.062000','cli','officer-posted','01a214fb-d4cc-7333-ad45-73abbed0a9ab');
INSERT INTO "audit" VALUES(7,'2026-11-25 23:12:58.062000','cli','officer-added','01a214fb-d4ce-74b2-a344-d0612be74cc2');
INSERT INTO "audit" VALUES(8,'2026-11-25 23:12:58.063000','cli','officer-posted','01a214fb-d4ce-74b2-a344-d0612be74cc2');
INSERT INTO "audit" VALUES(9,'2026-11-25 23:12:58.065000','cli','place-added','01a214fb-d4d1-71b5-bf6d-04072f6ed1dd');
INSERT INTO "audit" VALUES(10,'2026-11-25 23:12:58.068000','cli','tag-made','01a214fb-d4d1-71b5-bf6d-04072f6ed1dd v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 23:12:58.070000','cli','enrolment-code-made','01a214fb-d4cc-7333-ad45-73abbed0a9ab');
INSERT INTO "audit" VALUES(12,'2026-11-25 23:12:58.095000','device:01a214fb-d4df-7a66-bf2e-037198e275ed','device-enrolled','01a214fb-d4cc-7333-ad45-73abbed0a9ab');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a214fb-d4df-7a66-bf2e-037198e275ed','2026-11-25 23:12:58.123000');
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
INSERT INTO "devices" VALUES('01a214fb-d4df-7a66-bf2e-037198e275ed','01a214fb-d4cc-7333-ad45-73abbed0a9ab','5aaba3279254a136fcdb799bd824d3d7bc42fdea3b4d1ee0f1e09c870bc1b7c6','Test phone','','0.1.0','2026-11-25 23:12:58.095000','2026-11-25 23:12:58.095000',NULL);
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
INSERT INTO "district" VALUES('01a214fb-d4c2-7834-b257-24994c2e3646','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-25 23:12:58.050000');
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
INSERT INTO "enrolment_codes" VALUES('1e5123d641a9215259b69442496e671fe5d8853d97882d6bcea6aaaeedf96a16','01a214fb-d4cc-7333-ad45-73abbed0a9ab','cli','2026-11-25 23:12:58.070000','2026-11-28 23:12:58.070000','2026-11-25 23:12:58.095000','01a214fb-d4df-7a66-bf2e-037198e275ed');
CREATE TABLE family_requests (
	record VARCHAR(36) NOT NULL, 
	reference VARCHAR(16) NOT NULL, 
	sender VARCHAR(32), 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (record), 
	UNIQUE (reference)
);
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-25 23:12:58.054000');
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
INSERT INTO "officers" VALUES('01a214fb-d4cc-7333-ad45-73abbed0a9ab','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 23:12:58.060000');
INSERT INTO "officers" VALUES('01a214fb-d4ce-74b2-a344-d0612be74cc2','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 23:12:58.062000');
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
	created_at DATETIME NOT NULL, spot_question TEXT DEFAULT '' NOT NULL, spot_answer VARCHAR(100) DEFAULT '' NOT NULL, question_set VARCHAR(40) DEFAULT '' NOT NULL, installed_by VARCHAR(100) DEFAULT '' NOT NULL, photo VARCHAR(64), 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a214fb-d4d1-71b5-bf6d-04072f6ed1dd','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 23:12:58.065000','','','','',NULL);
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a214fb-d4cc-7333-ad45-73abbed0a9ab','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','2026-11-25 23:12:58.061000',NULL);
INSERT INTO "postings" VALUES('01a214fb-d4ce-74b2-a344-d0612be74cc2','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','2026-11-25 23:12:58.063000',NULL);
INSERT INTO "postings" VALUES('01a214fb-d4ce-74b2-a344-d0612be74cc2','01a214fb-d4ca-750b-84c1-1bacc40c4071','2026-11-25 23:12:58.063000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a214fb-d4f7-716d-b731-3aae1a1e7461','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','image/jpeg',653);
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
	open BOOLEAN DEFAULT 1 NOT NULL, evidence JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a214fb-d4f7-716d-b731-3aae1a1e7461','parent_contact','2026112301','education','01a214fb-d4c9-7e95-b897-aa5160b8d9dd',NULL,'01a214fb-d4cc-7333-ad45-73abbed0a9ab','Parent contact','2026-11-25 23:12:58.103000',1,1,'2026-11-25 23:12:58.107000',1,'["2ae9e222bcb32b21a44d785a8130361f039a11c261638f799692111abb3aaede"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a214fb-d4f7-7bb8-9bd6-99990df2bb60','parent_contact','2026112301','education','01a214fb-d4c9-7e95-b897-aa5160b8d9dd',NULL,'01a214fb-d4cc-7333-ad45-73abbed0a9ab','Parent contact','2026-11-25 23:12:58.103000',2,2,'2026-11-25 23:12:58.107000',1,'["53973f9d78f99bcae767397bcdd64c6cdf4d34eff1d2f32e88dd5356b4b54853"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
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
INSERT INTO "revisions" VALUES(1,'2ae9e222bcb32b21a44d785a8130361f039a11c261638f799692111abb3aaede','01a214fb-d4f7-716d-b731-3aae1a1e7461','parent_contact','2026112301','education','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','01a214fb-d4cc-7333-ad45-73abbed0a9ab','01a214fb-d4df-7a66-bf2e-037198e275ed',1,NULL,'2026-11-25T23:12:58.103+00:00','2026-11-25 23:12:58.103000','2026-11-25 23:12:58.107000','{"at":"2026-11-25T23:12:58.103+00:00","author":"01a214fb-d4cc-7333-ad45-73abbed0a9ab","device":"01a214fb-d4df-7a66-bf2e-037198e275ed","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a214fb-d4f7-716d-b731-3aae1a1e7461","record_class":"education","school":"01a214fb-d4c9-7e95-b897-aa5160b8d9dd","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'39ef43b1cce38521083eadf7be265d2385e426644c584d660b050eec4793538e');
INSERT INTO "revisions" VALUES(2,'53973f9d78f99bcae767397bcdd64c6cdf4d34eff1d2f32e88dd5356b4b54853','01a214fb-d4f7-7bb8-9bd6-99990df2bb60','parent_contact','2026112301','education','01a214fb-d4c9-7e95-b897-aa5160b8d9dd','01a214fb-d4cc-7333-ad45-73abbed0a9ab','01a214fb-d4df-7a66-bf2e-037198e275ed',2,'2ae9e222bcb32b21a44d785a8130361f039a11c261638f799692111abb3aaede','2026-11-25T23:12:58.103+00:00','2026-11-25 23:12:58.103000','2026-11-25 23:12:58.107000','{"at":"2026-11-25T23:12:58.103+00:00","author":"01a214fb-d4cc-7333-ad45-73abbed0a9ab","device":"01a214fb-d4df-7a66-bf2e-037198e275ed","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"2ae9e222bcb32b21a44d785a8130361f039a11c261638f799692111abb3aaede","reason":null,"record":"01a214fb-d4f7-7bb8-9bd6-99990df2bb60","record_class":"education","school":"01a214fb-d4c9-7e95-b897-aa5160b8d9dd","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'34cdc516f367773e88dec5cba0a55e827085a454295833a846a34de75a4c45fb');
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
INSERT INTO "schools" VALUES('01a214fb-d4c9-7e95-b897-aa5160b8d9dd','North Middle School','','','',1,'2026-11-25 23:12:58.057000');
INSERT INTO "schools" VALUES('01a214fb-d4ca-750b-84c1-1bacc40c4071','South High School','','','',1,'2026-11-25 23:12:58.058000');
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
INSERT INTO "tags" VALUES('JV65ZESZCQTFMB6A','GZD9P3RP','01a214fb-d4d1-71b5-bf6d-04072f6ed1dd',1,'active','2026-11-25 23:12:58.067000');
CREATE TABLE tour_points (
	tour VARCHAR(36) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	position INTEGER NOT NULL, 
	required BOOLEAN NOT NULL, 
	PRIMARY KEY (tour, place), 
	FOREIGN KEY(tour) REFERENCES tours (id), 
	FOREIGN KEY(place) REFERENCES places (id)
);
CREATE TABLE tours (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	"order" VARCHAR(10) NOT NULL, 
	begins VARCHAR(5) NOT NULL, 
	ends VARCHAR(5) NOT NULL, 
	days JSON NOT NULL, 
	grace_min INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (school, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
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
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
CREATE INDEX ix_tours_school ON tours (school);
CREATE INDEX ix_tour_points_place ON tour_points (place);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
