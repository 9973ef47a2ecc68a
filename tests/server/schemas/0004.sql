BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 21:51:03.516000','setup','district-made','01a214b0-d75a-7638-abdc-2bdaa26d76b7');
INSERT INTO "audit" VALUES(2,'2026-11-25 21:51:03.519000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 21:51:03.521000','cli','school-added','01a214b0-d760-7560-96b8-6535c9a75dff');
INSERT INTO "audit" VALUES(4,'2026-11-25 21:51:03.521000','cli','school-added','01a214b0-d761-757f-8d3d-4b6b293d1200');
INSERT INTO "audit" VALUES(5,'2026-11-25 21:51:03.525000','cli','officer-added','01a214b0-d764-7fec-b9b2-0095c0b98854');
INSERT INTO "audit" VALUES(6,'2026-11-25 21:51:03.526000','cli','officer-posted','01a214b0-d764-7fec-b9b2-0095c0b98854');
INSERT INTO "audit" VALUES(7,'2026-11-25 21:51:03.527000','cli','officer-added','01a214b0-d767-72e8-b48f-9e4bd0651cb5');
INSERT INTO "audit" VALUES(8,'2026-11-25 21:51:03.527000','cli','officer-posted','01a214b0-d767-72e8-b48f-9e4bd0651cb5');
INSERT INTO "audit" VALUES(9,'2026-11-25 21:51:03.529000','cli','place-added','01a214b0-d769-7394-ad55-a7e70ae3bcaf');
INSERT INTO "audit" VALUES(10,'2026-11-25 21:51:03.532000','cli','tag-made','01a214b0-d769-7394-ad55-a7e70ae3bcaf v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 21:51:03.534000','cli','enrolment-code-made','01a214b0-d764-7fec-b9b2-0095c0b98854');
INSERT INTO "audit" VALUES(12,'2026-11-25 21:51:03.562000','device:01a214b0-d77a-7e90-a649-451db7073a5f','device-enrolled','01a214b0-d764-7fec-b9b2-0095c0b98854');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a214b0-d77a-7e90-a649-451db7073a5f','2026-11-25 21:51:03.594000');
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
INSERT INTO "devices" VALUES('01a214b0-d77a-7e90-a649-451db7073a5f','01a214b0-d764-7fec-b9b2-0095c0b98854','13ce73292ae0fa2387a253404b7bce320979e7d087dff112000f49c8d0a9be9d','Test phone','','0.1.0','2026-11-25 21:51:03.561000','2026-11-25 21:51:03.561000',NULL);
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
INSERT INTO "district" VALUES('01a214b0-d75a-7638-abdc-2bdaa26d76b7','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-25 21:51:03.514000');
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
INSERT INTO "enrolment_codes" VALUES('e8970459557d22d2ef5882b80e49495f72f47770231bd221811d7bf3ae8c7c2d','01a214b0-d764-7fec-b9b2-0095c0b98854','cli','2026-11-25 21:51:03.534000','2026-11-28 21:51:03.534000','2026-11-25 21:51:03.561000','01a214b0-d77a-7e90-a649-451db7073a5f');
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
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-25 21:51:03.518000');
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
INSERT INTO "officers" VALUES('01a214b0-d764-7fec-b9b2-0095c0b98854','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 21:51:03.524000');
INSERT INTO "officers" VALUES('01a214b0-d767-72e8-b48f-9e4bd0651cb5','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 21:51:03.527000');
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
INSERT INTO "places" VALUES('01a214b0-d769-7394-ad55-a7e70ae3bcaf','01a214b0-d760-7560-96b8-6535c9a75dff','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 21:51:03.529000');
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a214b0-d764-7fec-b9b2-0095c0b98854','01a214b0-d760-7560-96b8-6535c9a75dff','2026-11-25 21:51:03.526000',NULL);
INSERT INTO "postings" VALUES('01a214b0-d767-72e8-b48f-9e4bd0651cb5','01a214b0-d760-7560-96b8-6535c9a75dff','2026-11-25 21:51:03.527000',NULL);
INSERT INTO "postings" VALUES('01a214b0-d767-72e8-b48f-9e4bd0651cb5','01a214b0-d761-757f-8d3d-4b6b293d1200','2026-11-25 21:51:03.527000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a214b0-d793-7e13-82cf-216730fb9122','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a214b0-d760-7560-96b8-6535c9a75dff','image/jpeg',653);
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
INSERT INTO "records" VALUES('01a214b0-d793-717b-b428-fa7247211451','parent_contact','2026112301','education','01a214b0-d760-7560-96b8-6535c9a75dff',NULL,'01a214b0-d764-7fec-b9b2-0095c0b98854','Parent contact','2026-11-25 21:51:03.571000',2,2,'2026-11-25 21:51:03.577000',1,'["0e7159c71c0c5f01daebd49804bb8e96a7f5a9ef62e25c61bb7ef57bb7728f0d"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0);
INSERT INTO "records" VALUES('01a214b0-d793-7e13-82cf-216730fb9122','parent_contact','2026112301','education','01a214b0-d760-7560-96b8-6535c9a75dff',NULL,'01a214b0-d764-7fec-b9b2-0095c0b98854','Parent contact','2026-11-25 21:51:03.571000',1,1,'2026-11-25 21:51:03.577000',1,'["e331336b13c8e068c1e7f759524e2b1eac4541421443317d6ebe92ffa6003ded"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0);
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
INSERT INTO "revisions" VALUES(1,'e331336b13c8e068c1e7f759524e2b1eac4541421443317d6ebe92ffa6003ded','01a214b0-d793-7e13-82cf-216730fb9122','parent_contact','2026112301','education','01a214b0-d760-7560-96b8-6535c9a75dff','01a214b0-d764-7fec-b9b2-0095c0b98854','01a214b0-d77a-7e90-a649-451db7073a5f',1,NULL,'2026-11-25T21:51:03.571+00:00','2026-11-25 21:51:03.571000','2026-11-25 21:51:03.577000','{"at":"2026-11-25T21:51:03.571+00:00","author":"01a214b0-d764-7fec-b9b2-0095c0b98854","device":"01a214b0-d77a-7e90-a649-451db7073a5f","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a214b0-d793-7e13-82cf-216730fb9122","record_class":"education","school":"01a214b0-d760-7560-96b8-6535c9a75dff","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'987ff2ec7302dcd28cf7bf8fe32c569b8e654aa6b897ffe9c7a216beae78f1f6');
INSERT INTO "revisions" VALUES(2,'0e7159c71c0c5f01daebd49804bb8e96a7f5a9ef62e25c61bb7ef57bb7728f0d','01a214b0-d793-717b-b428-fa7247211451','parent_contact','2026112301','education','01a214b0-d760-7560-96b8-6535c9a75dff','01a214b0-d764-7fec-b9b2-0095c0b98854','01a214b0-d77a-7e90-a649-451db7073a5f',2,'e331336b13c8e068c1e7f759524e2b1eac4541421443317d6ebe92ffa6003ded','2026-11-25T21:51:03.571+00:00','2026-11-25 21:51:03.571000','2026-11-25 21:51:03.577000','{"at":"2026-11-25T21:51:03.571+00:00","author":"01a214b0-d764-7fec-b9b2-0095c0b98854","device":"01a214b0-d77a-7e90-a649-451db7073a5f","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"e331336b13c8e068c1e7f759524e2b1eac4541421443317d6ebe92ffa6003ded","reason":null,"record":"01a214b0-d793-717b-b428-fa7247211451","record_class":"education","school":"01a214b0-d760-7560-96b8-6535c9a75dff","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'b2b34da7746f4a9655b8d841a07be6129c812087d1f59c3538877ac0179a9cfd');
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
INSERT INTO "schools" VALUES('01a214b0-d760-7560-96b8-6535c9a75dff','North Middle School','','','',1,'2026-11-25 21:51:03.520000');
INSERT INTO "schools" VALUES('01a214b0-d761-757f-8d3d-4b6b293d1200','South High School','','','',1,'2026-11-25 21:51:03.521000');
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
INSERT INTO "tags" VALUES('PZ5RA8QM5EL8BCC2','2C9H7J9R','01a214b0-d769-7394-ad55-a7e70ae3bcaf',1,'active','2026-11-25 21:51:03.531000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
